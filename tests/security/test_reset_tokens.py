"""Reset tokens: the only thing that sets a forgotten password, once (D8, D10, M5)."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.users.types import Status
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Service
from tests.security.everywhere import everywhere
from tests.security.flows import reset, reset_token, set_password, signs_in
from tests.security.operations import JUNK, ended

THIRD = "walnut orchard 5 tuesday"
RACERS = 20


@pytest.mark.attack("D8")
@pytest.mark.asvs("V2.3.1")
async def test_knowing_the_address_is_not_enough_once_the_code_was_shown(
    service: Service,
) -> None:
    victim, thief = await service.user(), await service.user()
    await reset_token(service, victim)
    stranger = service.client()
    bodies: list[dict[str, object]] = [
        {"newPassword": THIRD},
        {"email": victim.email, "newPassword": THIRD},
        {"resetToken": "", "newPassword": THIRD},
        {"resetToken": None, "newPassword": THIRD},
        {"resetToken": JUNK, "newPassword": THIRD},
        {"resetToken": JUNK, "email": victim.email, "newPassword": THIRD},
        {"resetToken": str(victim.id), "newPassword": THIRD},
    ]
    answers = [await stranger.post("/reset-password", json=one) for one in bodies]
    own = await reset_token(service, thief)
    with_own = {"resetToken": own, "email": victim.email, "newPassword": THIRD}
    answers.append(await stranger.post("/reset-password", json=with_own))

    assert {answer.status_code for answer in answers} <= {400, 422}
    assert await signs_in(service, victim, PASSWORD)
    assert not await signs_in(service, victim, THIRD)


@pytest.mark.attack("D8")
async def test_a_reset_token_sets_the_password_of_its_own_user_only(
    service: Service,
) -> None:
    victim, thief = await service.user(), await service.user()
    await reset_token(service, victim)
    answer = await set_password(service, await reset_token(service, thief), THIRD)

    assert answer.status_code == 200
    assert await signs_in(service, thief, THIRD)
    assert await signs_in(service, victim, PASSWORD)


@everywhere
@pytest.mark.attack("D10")
@pytest.mark.asvs("V6.5.1")
async def test_a_reset_token_works_once(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    first = await set_password(service, token, NEW_PASSWORD)
    second = await set_password(service, token, THIRD)
    await service.clock.advance(timedelta(seconds=31))
    third = await set_password(service, token, THIRD)

    codes = [one.status_code for one in (first, second, third)]
    assert codes == [200, 400, 400]
    assert await signs_in(service, user, NEW_PASSWORD)


@everywhere
@pytest.mark.attack("D10")
async def test_of_two_passwords_at_once_exactly_one_is_set(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    chosen = [f"{THIRD} {number}" for number in range(RACERS)]

    answers = await asyncio.gather(
        *(set_password(service, token, password) for password in chosen)
    )

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 409}
    assert await signs_in(service, user, chosen[statuses.index(200)])


@pytest.mark.attack("D10")
async def test_a_newer_reset_token_replaces_the_older_one(service: Service) -> None:
    user = await service.user()
    older, newer = await reset_token(service, user), await reset_token(service, user)

    assert (await set_password(service, older)).status_code == 400
    assert (await set_password(service, newer)).status_code == 200


@pytest.mark.attack("D10")
@pytest.mark.attack("M5")
async def test_a_password_change_kills_a_reset_token(service: Service) -> None:
    client = await service.signed_in()
    token = await reset_token(service, client.user)
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert (await client.post("/change-password", json=body)).status_code == 200

    assert (await set_password(service, token, THIRD)).status_code == 400
    assert await signs_in(service, client.user, NEW_PASSWORD)


@pytest.mark.attack("D10")
@pytest.mark.attack("M5")
async def test_a_password_change_kills_a_reset_code(service: Service) -> None:
    client = await service.signed_in()
    flow = await reset(service, client.user)
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert (await client.post("/change-password", json=body)).status_code == 200

    assert not await flow.passes()


@pytest.mark.attack("D10")
async def test_a_reset_token_dies_with_its_user(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    await service.stores.users.remove(user.id)
    newcomer = await service.user(user.email)

    assert (await set_password(service, token, THIRD)).status_code == 400
    assert await signs_in(service, newcomer, PASSWORD)


@pytest.mark.attack("D10")
@pytest.mark.attack("M1")
@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_a_reset_token_dies_with_a_closed_account(
    service: Service, status: Status
) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    await service.stores.users.set_status(
        user.id,
        status,
        epoch=user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )

    assert (await set_password(service, token)).status_code == 400


@pytest.mark.attack("D10")
async def test_a_reset_token_expires(service: Service) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    await service.clock.advance(timedelta(minutes=10))

    assert (await set_password(service, token)).status_code == 400
    assert await signs_in(service, user, PASSWORD)


@pytest.mark.attack("D10")
async def test_a_refused_password_does_not_use_up_the_reset_token(
    service: Service,
) -> None:
    user = await service.user()
    token = await reset_token(service, user)

    refused = await set_password(service, token, "password")

    assert (refused.status_code, refused.json()["code"]) == (422, "password_refused")
    assert (await set_password(service, token)).status_code == 200


@everywhere
@pytest.mark.attack("M5")
@pytest.mark.asvs("V7.4.3")
async def test_a_reset_ends_every_session(service: Service) -> None:
    user = await service.user()
    clients = [await service.signed_in(user=user) for _ in range(2)]
    clients.append(await service.signed_in(user=user, transport="bearer"))

    await set_password(service, await reset_token(service, user))

    for client in clients:
        await ended(client)


@pytest.mark.attack("M5")
@pytest.mark.asvs("V6.3.7")
async def test_a_reset_is_told_to_the_owner_and_signs_nobody_in(
    service: Service,
) -> None:
    user = await service.user()
    client = service.client()
    body = {"resetToken": await reset_token(service, user), "newPassword": THIRD}
    answer = await client.post("/reset-password", json=body)

    assert answer.status_code == 200
    assert "accessToken" not in answer.cookies
    assert (await client.get("/profile")).status_code == 401
    assert len(await service.mails_to(user.email, "password was changed")) == 1
