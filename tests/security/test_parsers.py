"""What we parse ourselves never fails in a way of its own (H12)."""

import string
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from keywright.features.users.policy import canonical_email
from keywright.shared.client_address import bucket, client_address, parse_networks
from keywright.shared.cookies import read_pairs
from keywright.shared.errors import AmbiguousRequest
from keywright.shared.jwt import TokenInvalid
from keywright.shared.origins import may_pass
from keywright.shared.rotating_tokens import RotatingTokens
from keywright.shared.strict_json import parse

pytestmark = [pytest.mark.attack("H12"), pytest.mark.long]

OWN = "https://auth.example"
ALLOWED = frozenset({"https://app.example"})
TRUSTED = parse_networks(["10.0.0.0/8", "fd00::/8"])
TOKENS = RotatingTokens(signing_keys=[b"k" * 32], successor_keys=[b"s" * 32])
LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
ADDRESSES = st.ip_addresses().map(str) | LATIN
WEIRD_URLS = st.sampled_from(
    ["http://[", "http://[::1", "//[", "http://a]b", "http://\u2100.example", "://"]
)


def request_with(*cookies: str) -> Request:
    headers = [(b"cookie", cookie.encode("latin-1")) for cookie in cookies]
    return Request({"type": "http", "headers": headers})


@given(st.lists(LATIN, max_size=3))
def test_any_cookie_header_is_read_or_refused(cookies: list[str]) -> None:
    try:
        pairs = read_pairs(request_with(*cookies))
    except AmbiguousRequest:
        return
    assert all(name == name.strip() and name for name in pairs)


@given(
    name=st.text(string.ascii_letters, min_size=1),
    space=st.sampled_from(["", " ", "\t"]),
)
def test_a_cookie_sent_twice_is_refused_however_it_is_spaced(
    name: str, space: str
) -> None:
    with pytest.raises(AmbiguousRequest):
        read_pairs(request_with(f"{name}=a;{space}{name}{space}=b"))


@given(
    st.dictionaries(
        st.sampled_from(["origin", "referer", "sec-fetch-site", "cookie"]),
        LATIN | WEIRD_URLS | st.sampled_from(["null", "none", "same-site", OWN]),
    )
)
def test_any_origin_headers_are_judged(headers: dict[str, str]) -> None:
    passes = may_pass(headers, own=OWN, allowed=ALLOWED)

    assert isinstance(passes, bool)


@given(WEIRD_URLS)
def test_an_unreadable_referer_is_nobodys(referer: str) -> None:
    assert not may_pass({"referer": referer}, own=OWN, allowed=ALLOWED)


@given(peer=ADDRESSES, chain=st.lists(ADDRESSES, max_size=5))
def test_any_chain_of_proxies_gives_one_address(peer: str, chain: list[str]) -> None:
    client = client_address(peer, [",".join(chain)], trusted=TRUSTED)

    assert client == "unknown" or str(ip_address(client)) == client


@given(peer=st.ip_addresses(v=4), chain=ADDRESSES)
def test_a_stranger_does_not_choose_its_address(peer: object, chain: str) -> None:
    client = client_address(str(peer), [chain], trusted=())

    assert client == str(peer)


@given(ADDRESSES)
def test_any_address_has_a_bucket(address: str) -> None:
    assert isinstance(bucket(address), str)


@given(st.text(max_size=120) | st.emails())
def test_any_text_is_a_canonical_address_or_none(text: str) -> None:
    try:
        address = canonical_email(text)
    except ValueError:
        return
    assert address == canonical_email(address)
    assert address.isascii()
    assert address == address.lower()


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_not(content: bytes) -> None:
    try:
        parse(content)
    except ValueError:
        return


@given(st.text(max_size=200))
def test_any_text_is_a_refresh_token_or_invalid(text: str) -> None:
    with pytest.raises(TokenInvalid):
        TOKENS.read(text, now=None)
