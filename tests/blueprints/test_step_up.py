"""With AUTH_STEP_UP_AFTER sensitive acts need a recent sign-in."""

from datetime import timedelta

import pytest

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith, about
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.blueprints.kinds import HYBRID, STATEFUL

BLUEPRINTS = (HYBRID, STATEFUL)

VARIANTS = ("sqlite", "included")
FIVE_MINUTES = timedelta(minutes=5)
STRANGERS = "/sessions/0198c0de-0000-7000-8000-000000000000"
ACTS = [
    (
        "POST",
        "/change-password",
        {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD},
    ),
    ("POST", "/account/request-delete", {"password": PASSWORD, "type": "soft"}),
    ("DELETE", "/sessions", None),
    ("DELETE", STRANGERS, None),
]


@pytest.fixture
async def careful(service_with: ServiceWith) -> Service:
    return await service_with(step_up_after=FIVE_MINUTES)


async def an_old_sign_in(service: Service) -> Client:
    client = await service.signed_in()
    await service.clock.advance(FIVE_MINUTES + timedelta(seconds=2))
    return client


@pytest.mark.parametrize(("method", "path", "body"), ACTS)
@pytest.mark.asvs("V7.5.1")
@pytest.mark.asvs("V7.5.2")
async def test_an_old_sign_in_is_not_enough(
    careful: Service, method: str, path: str, body: dict[str, str] | None
) -> None:
    client = await an_old_sign_in(careful)
    answer = await client.request(method, path, json=body)
    refused(answer, 403, "step_up_required")


@pytest.mark.parametrize(("method", "path", "body"), ACTS)
async def test_a_recent_sign_in_is_enough(
    careful: Service, method: str, path: str, body: dict[str, str] | None
) -> None:
    client = await careful.signed_in()
    answer = await client.request(method, path, json=body)
    assert answer.status_code == (404 if path == STRANGERS else answer.status_code)
    assert answer.status_code != 403


@pytest.mark.parametrize(("method", "path", "body"), ACTS)
async def test_without_the_setting_an_old_sign_in_is_enough(
    service: Service, method: str, path: str, body: dict[str, str] | None
) -> None:
    client = await an_old_sign_in(service)
    answer = await client.request(method, path, json=body)
    assert answer.status_code != 403


@about(HYBRID)
async def test_a_refresh_makes_no_sign_in_recent(careful: Service) -> None:
    client = await an_old_sign_in(careful)
    shown(await client.post("/refresh-token"))
    refused(await client.delete("/sessions"), 403, "step_up_required")


async def test_what_is_not_sensitive_goes_on(careful: Service) -> None:
    client = await an_old_sign_in(careful)
    shown(await client.get("/profile"))
    shown(await client.get("/sessions"))
    shown(await client.patch("/profile", json={"name": "Grace Hopper"}))
    shown(await client.post("/logout"))


async def test_signing_in_again_is_enough(careful: Service) -> None:
    client = await an_old_sign_in(careful)
    body = {"email": client.user.email, "password": PASSWORD}
    shown(await client.post("/signin", json=body))
    shown(await client.delete("/sessions"))
