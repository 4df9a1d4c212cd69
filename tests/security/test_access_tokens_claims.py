"""Access tokens with a true signature and false claims (A10 to A13, A15)."""

import json
from datetime import timedelta

import pytest

from tests.blueprints.forms import data_of
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.blueprints.mailbox import token_in
from tests.security.jose import (
    by_hmac,
    claims_of,
    decode,
    encode,
    header_of,
    signed,
    with_claims,
    with_header,
)
from tests.security.keys_of import true_signature
from tests.security.operations import refused

LEEWAY = 10
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def token(service: Service) -> str:
    client = await service.signed_in(transport="bearer")
    return str(client.tokens["accessToken"])


def wrong_times(now: int) -> list[dict[str, object]]:
    """Return times that no token of ours has at *now*."""
    past: dict[str, object] = {
        "exp": now - LEEWAY - 1,
        "iat": now - 999,
        "nbf": now - 999,
    }
    return [
        past,
        {"exp": now - LEEWAY},
        {"exp": 0},
        {"nbf": now + LEEWAY + 5},
        {"iat": now + LEEWAY + 5},
        {"exp": None},
        {"iat": None},
        {"exp": str(now + 900)},
        {"exp": float(now + 900)},
        {"exp": -1},
        {"exp": 10**400},
        {"exp": True},
        {"exp": [now + 900]},
        {"exp": {"$gt": 0}},
        {"iat": "0"},
        {"nbf": "0"},
        {"nbf": -1},
        {"exp": 253_402_300_800},
    ]


@pytest.mark.attack("A10")
@pytest.mark.asvs("V9.2.1")
async def test_a_token_out_of_its_time_is_refused(service: Service, token: str) -> None:
    for claims in wrong_times(int(service.now().timestamp())):
        await refused(service, with_claims(token, claims, true_signature(service)))


@pytest.mark.attack("A10")
@pytest.mark.asvs("V9.2.1")
async def test_an_access_token_is_refused_once_its_life_and_the_leeway_are_over(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    await service.clock.advance(15 * MINUTE - timedelta(seconds=2))
    before = await client.get("/profile")
    await service.clock.advance(timedelta(seconds=LEEWAY + 3))

    await refused(service, client.tokens["accessToken"])
    assert before.status_code == 200


@pytest.mark.attack("A11")
async def test_only_the_exact_issuer_is_ours(service: Service, token: str) -> None:
    own = service.origin
    others: tuple[object, ...] = (
        own[:-1],
        f"{own}0",
        f"{own}/",
        own.upper(),
        f" {own}",
        own.replace("http:", "https:"),
        f"{own}.evil.example",
        f"http://evil.example/{own}",
        [own],
        [own, own],
        {"iss": own},
        "",
        0,
        None,
    )
    for issuer in others:
        claims = {"iss": issuer}
        await refused(service, with_claims(token, claims, true_signature(service)))


@pytest.mark.attack("A12")
@pytest.mark.asvs("V9.2.3")
@pytest.mark.asvs("V9.2.4")
async def test_only_the_exact_audience_is_ours(service: Service, token: str) -> None:
    own = service.origin
    others: tuple[object, ...] = (
        "https://other.example",
        own[:-1],
        f"{own}/",
        f"{own} https://other.example",
        7,
        True,
        [],
        [own, "https://other.example"],
        [own],
        {"aud": own},
        "",
        None,
    )
    for audience in others:
        claims = {"aud": audience}
        await refused(service, with_claims(token, claims, true_signature(service)))


@pytest.mark.attack("A10")
async def test_a_token_without_its_claims_is_refused(
    service: Service, token: str
) -> None:
    values: tuple[object, ...] = (None, "", [], {"$gt": ""}, 1.5)
    for name in ("sub", "sid", "jti", "role", "auth_time"):
        for value in values:
            claims = {name: value}
            await refused(service, with_claims(token, claims, true_signature(service)))


@pytest.mark.attack("A15")
async def test_a_member_that_stands_twice_is_refused(
    service: Service, token: str
) -> None:
    header = json.dumps(header_of(token))
    claims = json.dumps(claims_of(token))
    twice = [
        (header[:-1] + ', "alg": "ES256"}', claims),
        ('{"alg": "none", ' + header[1:], claims),
        (header[:-1] + ', "\\u006bid": "x"}', claims),
        (header, claims[:-1] + ', "role": "admin"}'),
        (header, '{"sub": "x", ' + claims[1:]),
        (header, claims[:-1] + ', "r\\u006fle": "admin"}'),
    ]
    sign = true_signature(service)
    for head, body in twice:
        await refused(service, signed(head.encode(), body.encode(), sign))


@pytest.mark.attack("A15")
async def test_a_token_that_is_no_json_object_is_refused(
    service: Service, token: str
) -> None:
    header, claims = header_of(token), claims_of(token)
    plain = json.dumps(claims).encode()
    bodies = (
        b"",
        b"null",
        b"[]",
        b"7",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + plain,
        plain.decode().encode("utf-16"),
        plain + plain,
        b'{"exp": NaN}',
        b"[" * 500 + b"]" * 500,
    )
    sign = true_signature(service)
    for body in bodies:
        await refused(service, signed(header, body, sign))
        await refused(service, signed(body, claims, sign))


@pytest.mark.attack("A13")
@pytest.mark.asvs("V9.2.2")
async def test_a_true_signature_on_another_kind_of_token_is_refused(
    service: Service, token: str
) -> None:
    sign = true_signature(service)
    for typ in ("rt+jwt", "JWT", "jwt", "AT+JWT", "application/at+jwt", "", None, 7):
        await refused(service, with_header(token, {"typ": typ}, sign))
    header = header_of(token)
    del header["typ"]
    await refused(service, signed(header, claims_of(token), sign))


@pytest.mark.attack("A13")
@pytest.mark.asvs("V9.2.2")
async def test_a_refresh_token_dressed_as_an_access_token_is_refused(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    access, refresh = client.tokens["accessToken"], client.tokens["refreshToken"]
    body = refresh.split(".")[1]
    head, _, signature = access.split(".")

    await refused(service, f"{head}.{body}.{signature}")
    await refused(
        service, with_header(refresh, {"typ": "at+jwt"}, by_hmac("HS256", b""))
    )


class Tokens:
    """One token of every kind that the service hands out, all of one user."""

    def __init__(self, service: Service) -> None:
        """Collect from *service*."""
        self.service = service
        self.by_kind: dict[str, str] = {}
        self.client: Client

    async def collect(self) -> None:
        """Go through every flow that hands out a token."""
        service = self.service
        self.client = client = await service.signed_in(transport="bearer")
        email = client.user.email
        self.by_kind["access"] = client.tokens["accessToken"]
        self.by_kind["refresh"] = client.tokens["refreshToken"]
        browser = await service.signed_in(user=client.user)
        self.by_kind["device"] = str(browser.cookies["device"])
        sessions = data_of(await client.get("/sessions"))["sessions"]
        self.by_kind["session id"] = sessions[0]["id"]
        ask = {"password": PASSWORD, "type": "soft"}
        await client.send_json("POST", "/account/request-delete", **ask)
        mail = await service.mail_to(email, "give up")
        self.by_kind["deletion"] = token_in(mail)
        answer = await client.send_json("POST", "/forgot-password", email=email)
        self.by_kind["flow"] = data_of(answer)["flowId"]

    def others(self, kind: str) -> list[str]:
        """Return the tokens of all kinds but *kind*."""
        return [token for name, token in self.by_kind.items() if name != kind]


@pytest.mark.attack("A13")
@pytest.mark.asvs("V9.2.2")
async def test_no_token_passes_for_another_kind(service: Service) -> None:
    tokens = Tokens(service)
    await tokens.collect()
    client = tokens.client
    stranger = service.bearer_client()

    for token in tokens.others("access"):
        await refused(service, token)
    for token in tokens.others("refresh"):
        answer = await stranger.send_json("POST", "/refresh-token", refreshToken=token)
        assert (answer.status_code, answer.json()["code"]) == (401, "refresh_invalid")
    for token in tokens.others("deletion"):
        answer = await client.send_json("DELETE", "/account/delete", token=token[:128])
        assert (answer.status_code, answer.json()["code"]) == (400, "token_invalid")
    for token in tokens.others("reset"):
        body = {"resetToken": token[:128], "newPassword": NEW_PASSWORD}
        answer = await stranger.send_json("POST", "/reset-password", **body)
        assert (answer.status_code, answer.json()["code"]) == (400, "token_invalid")
    for token in tokens.others("reactivation"):
        body = {"reactivationToken": token[:128]}
        answer = await stranger.send_json("PUT", "/account/reactivate", **body)
        assert (answer.status_code, answer.json()["code"]) == (400, "token_invalid")
    assert (await client.get("/profile")).status_code == 200


@pytest.mark.attack("A13")
async def test_a_segment_in_another_spelling_is_refused(
    service: Service, token: str
) -> None:
    head, body, signature = token.split(".")
    padded = f"{head}.{body}=.{signature}"
    last = encode(decode(signature) + b"\x00")[: len(signature)]

    await refused(service, padded)
    if last != signature:
        await refused(service, f"{head}.{body}.{last}")
    await refused(service, f".{head}.{body}.{signature}")
    await refused(service, f"{head}.{body}.{signature}.")
    await refused(service, f"{head}.{body}.{signature}.{signature}.{signature}")
