"""Signing in again in the same browser (ASVS V7.2.4)."""

import pytest

from tests.blueprints.answers import shown
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.blueprints.kinds import HYBRID, STATEFUL

BLUEPRINTS = (HYBRID, STATEFUL)


async def sign_in(client: Client) -> None:
    body = {"email": client.user.email, "password": PASSWORD}
    assert (await client.post("/signin", json=body)).status_code == 200


async def count(client: Client) -> int:
    sessions = shown(await client.get("/sessions"))["sessions"]
    assert isinstance(sessions, list)
    return len(sessions)


@pytest.mark.asvs("V7.2.4")
async def test_a_new_sign_in_ends_the_session_whose_cookies_it_replaces(
    service: Service,
) -> None:
    client = await service.signed_in()
    await sign_in(client)
    assert await count(client) == 1


@pytest.mark.asvs("V7.2.4")
async def test_a_new_sign_in_leaves_the_sessions_of_other_devices(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    await sign_in(client)
    assert await count(other) == 2
