"""The documented limits, each used up by a client address of its own."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import count
from time import monotonic

import pytest
from httpx2 import Response

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith
from tests.blueprints.harness import (
    PASSWORD,
    Client,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.mailbox import code_in

VARIANTS = ("sqlite", "postgres", "sqlite+redis", "included")
MINUTE = timedelta(minutes=1)
_addresses = count(1)
Act = Callable[[Client], Awaitable[Response]]


def some_address() -> str:
    number = next(_addresses)
    return f"198.18.{number // 250}.{number % 250 + 1}"


@pytest.fixture
async def limited(service_with: ServiceWith) -> Service:
    return await service_with(rate_limits="on")


async def sign_up(client: Client) -> Response:
    return await client.post("/signup", json=sign_up_body(some_email()))


async def sign_in(client: Client) -> Response:
    body = {"email": some_email(), "password": PASSWORD}
    return await client.post("/signin", json=body)


async def forgot(client: Client) -> Response:
    return await client.post("/forgot-password", json={"email": some_email()})


async def resend(client: Client) -> Response:
    return await client.post("/resend-otp")


async def verify_user(client: Client) -> Response:
    body = {"email": some_email(), "otpCode": "000000"}
    return await client.post("/verify-user", json=body)


async def verify_reset(client: Client) -> Response:
    body = {"email": some_email(), "otpCode": "000000"}
    return await client.post("/verify-reset-otp", json=body)


async def reset(client: Client) -> Response:
    body = {"resetToken": "x", "newPassword": PASSWORD}
    return await client.post("/reset-password", json=body)


async def change(client: Client) -> Response:
    body = {"oldPassword": "wrong 3 lantern", "newPassword": PASSWORD}
    return await client.post("/change-password", json=body)


async def request_deletion(client: Client) -> Response:
    body = {"password": "wrong 3 lantern", "type": "soft"}
    return await client.post("/account/request-delete", json=body)


async def confirm_deletion(client: Client) -> Response:
    return await client.send_json("DELETE", "/account/delete", token="x")


async def reactivate(client: Client) -> Response:
    body = {"reactivationToken": "x"}
    return await client.put("/account/reactivate", json=body)


LIMITS = [
    (sign_up, 5, 15 * MINUTE, "signup"),
    (sign_in, 10, 15 * MINUTE, "signin"),
    (forgot, 6, 10 * MINUTE, "otp-request"),
    (resend, 6, 10 * MINUTE, "otp-request"),
    (verify_user, 6, 10 * MINUTE, "otp-verify"),
    (verify_reset, 6, 10 * MINUTE, "otp-verify"),
    (reset, 6, 15 * MINUTE, "reset"),
    (change, 5, 15 * MINUTE, "change-password"),
    (request_deletion, 5, 15 * MINUTE, "delete"),
    (confirm_deletion, 5, 15 * MINUTE, "delete"),
    (reactivate, 5, 15 * MINUTE, "delete"),
]


@WITHOUT_STORES
@pytest.mark.parametrize(("act", "allowed", "period", "name"), LIMITS)
async def test_a_client_is_limited_as_documented(
    limited: Service, act: Act, allowed: int, period: timedelta, name: str
) -> None:
    client = limited.client(address=some_address())
    for _ in range(allowed):
        assert (await act(client)).status_code != 429
    answer = await act(client)
    refused(answer, 429, "rate_limited")
    per_act = period / allowed
    wait = timedelta(seconds=int(answer.headers["retry-after"]))
    assert timedelta(0) < wait <= per_act + timedelta(seconds=1)
    policy = f'"{name}";q={allowed};w={int(period.total_seconds())}'
    assert answer.headers["ratelimit-policy"] == policy
    left = f'"{name}";r=0;t={answer.headers["retry-after"]}'
    assert answer.headers["ratelimit"] == left


async def test_after_retry_after_one_more_passes(limited: Service) -> None:
    client = limited.client(address=some_address())
    for _ in range(6):
        answer = await sign_up(client)
    wait = timedelta(seconds=int(answer.headers["retry-after"]))
    await limited.clock.advance(wait)
    shown(await sign_up(client), 202)
    refused(await sign_up(client), 429, "rate_limited")


async def test_another_client_is_not_limited(limited: Service) -> None:
    client = limited.client(address=some_address())
    for _ in range(6):
        await sign_up(client)
    shown(await sign_up(limited.client(address=some_address())), 202)


async def test_every_answer_names_its_limit(limited: Service) -> None:
    client = limited.client(address=some_address())
    good, bad = await sign_up(client), await client.post("/signup", json={})
    assert (good.status_code, bad.status_code) == (202, 422)
    for answer in (good, bad):
        assert answer.headers["ratelimit-policy"] == '"signup";q=5;w=900'


async def test_a_forwarding_header_of_a_stranger_changes_nothing(
    limited: Service,
) -> None:
    address = some_address()
    for number in range(6):
        client = limited.client(address=address, x_forwarded_for=f"203.0.113.{number}")
        answer = await sign_up(client)
    refused(answer, 429, "rate_limited")


async def test_clients_behind_a_trusted_proxy_are_limited_one_by_one(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on", trusted_proxies="198.51.100.7")
    one, two = some_address(), some_address()
    for _ in range(6):
        behind = service.client(address="198.51.100.7", x_forwarded_for=one)
        answer = await sign_up(behind)
    refused(answer, 429, "rate_limited")
    behind = service.client(address="198.51.100.7", x_forwarded_for=two)
    shown(await sign_up(behind), 202)


async def test_an_ipv6_client_is_limited_by_its_network(limited: Service) -> None:
    network = f"2001:db8:{next(_addresses):x}:1"
    for number in range(6):
        answer = await sign_up(limited.client(address=f"{network}::{number:x}"))
    refused(answer, 429, "rate_limited")


async def test_one_address_is_sent_five_codes_an_hour_by_one_client(
    limited: Service,
) -> None:
    user, client = await limited.user(), limited.client(address=some_address())
    for _ in range(5):
        body = {"email": user.email}
        shown(await client.post("/forgot-password", json=body), 202)
        await limited.clock.advance(MINUTE * 2)
    answer = await client.post("/forgot-password", json={"email": user.email})
    refused(answer, 429, "rate_limited")


async def test_a_stranger_does_not_use_up_the_codes_of_the_owners_device(
    limited: Service,
) -> None:
    owner = await limited.signed_in(address=some_address())
    body = {"email": owner.user.email}
    for _ in range(25):
        stranger = limited.client(address=some_address())
        await stranger.post("/forgot-password", json=body)
    shown(await owner.post("/forgot-password", json=body), 202)
    await limited.mail_to(owner.user.email, "reset")


async def guessed_out(service: Service, email: str) -> None:
    """Let strangers guess at all short codes that one address is sent in a day."""
    for _ in range(5):
        stranger = service.client(address=some_address())
        await stranger.post("/forgot-password", json={"email": email})
        code = int(code_in(await service.mail_to(email, "reset")))
        for number in range(1, 6):
            body = {"email": email, "otpCode": f"{(code + number) % 10**6:06}"}
            await stranger.post("/verify-reset-otp", json=body)


async def test_after_five_codes_in_a_day_an_address_is_sent_long_ones(
    limited: Service,
) -> None:
    user, client = await limited.user(), limited.client(address=some_address())
    await guessed_out(limited, user.email)
    await client.post("/forgot-password", json={"email": user.email})
    code = code_in(await limited.mail_to(user.email, "reset"))
    assert len(code) == 12
    right = {"email": user.email, "otpCode": code}
    shown(await client.post("/verify-reset-otp", json=right))


async def test_strangers_make_no_code_of_the_owners_device_long(
    limited: Service,
) -> None:
    owner = await limited.signed_in(address=some_address())
    await guessed_out(limited, owner.user.email)
    await owner.post("/forgot-password", json={"email": owner.user.email})
    code = code_in(await limited.mail_to(owner.user.email, "reset"))
    assert len(code) == 6
    right = {"email": owner.user.email, "otpCode": code}
    shown(await owner.post("/verify-reset-otp", json=right))


async def test_refreshes_are_limited_to_sixty_a_minute(limited: Service) -> None:
    client = await limited.signed_in(address=some_address())
    began, number = monotonic(), 0
    while (answer := await client.post("/refresh-token")).status_code == 200:
        number += 1
    refused(answer, 429, "rate_limited")
    assert 60 <= number <= 61 + (monotonic() - began)


async def test_a_repeated_refresh_counts_once(limited: Service) -> None:
    client = await limited.signed_in(address=some_address())
    before = dict(client.cookies)
    for _ in range(70):
        client.hold(before)
        shown(await client.post("/refresh-token"))


async def test_everything_together_is_limited_to_300_a_minute(
    limited: Service,
) -> None:
    client = limited.client(address=some_address(), checked=False)
    began, number = monotonic(), 0
    while (answer := await client.get("/profile")).status_code == 401:
        number += 1
    refused(answer, 429, "rate_limited")
    assert 300 <= number <= 301 + (monotonic() - began) * 5


async def test_a_limit_is_checked_before_any_password_is_hashed(
    limited: Service,
) -> None:
    user, client = await limited.user(), limited.client(address=some_address())
    for _ in range(10):
        await sign_in(client)
    body = {"email": user.email, "password": PASSWORD}
    refused(await client.post("/signin", json=body), 429, "rate_limited")
