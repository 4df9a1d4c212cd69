"""Cookies have one set of attributes, and no second cookie of a name."""

from datetime import timedelta

import pytest
from starlette.requests import Request
from starlette.responses import Response

from keywright.shared.cookies import Cookie, Cookies, read_pairs
from keywright.shared.errors import AmbiguousRequest
from tests.instants import DAY, HOUR

ACCESS = Cookie("accessToken")
SECURE, PLAIN = Cookies(secure=True), Cookies(secure=False)


def request(*headers: bytes) -> Request:
    """Return a request with these Cookie headers."""
    return Request(
        {"type": "http", "headers": [(b"cookie", header) for header in headers]}
    )


def set_cookie(
    cookies: Cookies,
    cookie: Cookie = ACCESS,
    value: str = "v",
    *,
    lifetime: timedelta = HOUR,
) -> str:
    """Return the header that sets *cookie*."""
    response = Response()
    cookies.set(response, cookie, value, lifetime=lifetime)
    return response.headers["set-cookie"]


def attributes(header: str) -> set[str]:
    """Return what stands behind name and value."""
    return {part.strip().lower() for part in header.split(";")[1:]}


@pytest.mark.attack("K5")
def test_a_secure_cookie_has_the_prefix_and_all_attributes() -> None:
    header = set_cookie(SECURE)

    assert header.startswith("__Host-accessToken=v;")
    assert attributes(header) == {
        "httponly",
        "secure",
        "samesite=lax",
        "path=/",
        "max-age=3600",
    }


def test_on_loopback_a_cookie_is_plain() -> None:
    header = set_cookie(PLAIN)

    assert header.startswith("accessToken=v;")
    assert attributes(header) == {"httponly", "samesite=lax", "path=/", "max-age=3600"}


def test_a_path_of_its_own_forbids_the_prefix() -> None:
    header = set_cookie(SECURE, Cookie("rt", "/v1/auth"))

    assert header.startswith("rt=v;")
    assert {"secure", "path=/v1/auth"} <= attributes(header)


@pytest.mark.attack("K5")
def test_no_cookie_lives_longer_than_400_days() -> None:
    assert "max-age=34560000" in attributes(set_cookie(SECURE, lifetime=1000 * DAY))


@pytest.mark.parametrize("cookies", [SECURE, PLAIN])
def test_a_cookie_is_cleared_by_the_attributes_it_was_set_with(
    cookies: Cookies,
) -> None:
    response = Response()
    cookies.clear(response, ACCESS)
    cleared = attributes(response.headers["set-cookie"])

    assert cleared == attributes(set_cookie(cookies)) - {"max-age=3600"} | {"max-age=0"}


def test_the_cookie_of_a_name_is_read() -> None:
    sent = request(b'a=1; __Host-accessToken="token"; accessToken=other')

    assert SECURE.read(sent, ACCESS) == "token"
    assert PLAIN.read(sent, ACCESS) == "other"
    assert SECURE.read(sent, Cookie("missing")) is None


def test_the_two_sets_of_names_are_never_read_together() -> None:
    assert SECURE.read(request(b"accessToken=x"), ACCESS) is None
    assert PLAIN.read(request(b"__Host-accessToken=x"), ACCESS) is None


@pytest.mark.parametrize(
    "headers",
    [
        [b"a=1; a=2"],
        [b"a=1; a=1"],
        [b"a=1;a =2"],
        [b"a=1; \ta=2"],
        [b"a=1", b"a=2"],
        [b"a=1; b=2; a=3"],
        [b"a=1; \xa0a=2"],
        [b"\x85a=1; a=2"],
        [b"a=; a=1"],
    ],
)
def test_a_name_sent_twice_is_refused(headers: list[bytes]) -> None:
    with pytest.raises(AmbiguousRequest):
        read_pairs(request(*headers))


@pytest.mark.parametrize(
    "header",
    [
        b"\xa0__Host-accessToken=evil",
        b"__Host-accessToken\xa0=evil",
        b"\x85__Host-accessToken=evil",
        b"\x1c__Host-accessToken=evil",
        b"\x0b__Host-accessToken=evil",
    ],
)
def test_space_that_browsers_do_not_trim_makes_no_prefixed_name(header: bytes) -> None:
    assert SECURE.read(request(header), ACCESS) is None


@pytest.mark.parametrize(
    "header", [b"", b";", b"a", b"=1", b" =1", b";;a;=;", b"  ;  "]
)
def test_what_has_no_name_is_left_out(header: bytes) -> None:
    assert read_pairs(request(header)) == {}


def test_names_tell_upper_from_lower_case() -> None:
    assert read_pairs(request(b"a=1; A=2")) == {"a": "1", "A": "2"}


def test_a_value_keeps_its_equals_signs() -> None:
    assert read_pairs(request(b"a=b=c=")) == {"a": "b=c="}
