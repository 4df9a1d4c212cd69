"""Guessing passwords: few tries, and no way to lock the owner out (F2, F5, F9, F10)."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.users.types import User
from tests.blueprints.fixtures import about
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service, Transport
from tests.blueprints.keepers import is_served, signed_in, used_by
from tests.blueprints.kinds import AUTH_SERVICE, HYBRID, STARTER, STATEFUL
from tests.security.everywhere import everywhere
from tests.security.flows import reset_token, set_password, signs_in, some_address
from tests.security.second import second_process
from tests.security.surfaces import EVERY, WITH_CODES

FREE = 10
HARD_STOP = 100
WRONG = "not the password at all"


async def guess(
    service: Service, user: User, *, client: Client | None = None, email: str = ""
) -> int:
    """Guess wrong once and return the status."""
    body = {"email": email or user.email, "password": WRONG}
    answer = await (client or service.client()).post(service.kind.sign_in, json=body)
    return answer.status_code


async def lock(service: Service, user: User, *, times: int = FREE) -> None:
    """Use up the tries of strangers."""
    for _ in range(times):
        assert await guess(service, user) == 401


@about(*EVERY)
@everywhere
@pytest.mark.attack("F2")
@pytest.mark.asvs("V6.3.1")
async def test_after_the_free_tries_no_guess_is_compared_however_many_come(
    service: Service,
) -> None:
    user = await service.user()
    await lock(service, user)

    right = await asyncio.gather(
        *(signs_in(service, user, PASSWORD) for _ in range(20))
    )

    assert right == [False] * 20


@about(*EVERY)
@everywhere
@pytest.mark.attack("F2")
@pytest.mark.asvs("V6.3.1")
async def test_guesses_at_once_use_up_the_tries_like_guesses_in_a_row(
    service: Service,
) -> None:
    user = await service.user()

    await asyncio.gather(*(guess(service, user) for _ in range(FREE)))

    assert not await signs_in(service, user, PASSWORD)


@everywhere
@pytest.mark.attack("F2")
@pytest.mark.attack("F7")
async def test_processes_share_the_tries(service: Service) -> None:
    user = await service.user()
    async with second_process(service) as other:
        for number in range(FREE):
            await guess(other if number % 2 else service, user)

        assert not await signs_in(service, user, PASSWORD)
        assert not await signs_in(other, user, PASSWORD)


@about(*WITH_CODES)
@pytest.mark.attack("F3")
async def test_tries_are_counted_wherever_they_come_from(service: Service) -> None:
    user = await service.user()
    for _ in range(FREE):
        await guess(service, user, client=service.client(address=some_address()))

    assert not await signs_in(service, user, PASSWORD)


@about(*EVERY)
@pytest.mark.attack("F5")
async def test_all_spellings_of_an_address_share_the_tries(service: Service) -> None:
    user = await service.user()
    local, _, domain = user.email.partition("@")
    spellings = (
        user.email.upper(),
        f"{local.title()}@{domain}",
        f"{local}@{domain.upper()}",
        f"{local}@Mail.Example",
        user.email,
    )
    for spelling in spellings * 2:
        assert await guess(service, user, email=spelling) == 401

    assert not await signs_in(service, user, PASSWORD)


@about(*EVERY)
@pytest.mark.attack("F5")
async def test_other_spellings_name_nobody(service: Service) -> None:
    user = await service.user()
    spellings = (
        f" {user.email}",
        f"{user.email} ",
        f"{user.email}.",
        user.email.replace("@", "%40"),
        user.email.replace("@", "\uff20"),
        f"{user.email}\u200b",
        f"{user.email}\x00",
    )
    for spelling in spellings:
        assert await guess(service, user, email=spelling) == 422, repr(spelling)


@about(*EVERY)
@pytest.mark.attack("F5")
async def test_the_right_password_for_a_second_counts_no_guess(
    service: Service,
) -> None:
    user = await service.user()
    for _ in range(2 * FREE):
        assert await signs_in(service, user, PASSWORD)


@about(*EVERY)
@everywhere
@pytest.mark.attack("F9")
@pytest.mark.asvs("V6.1.1")
async def test_a_stranger_cannot_lock_a_known_device_out(service: Service) -> None:
    user = await service.user()
    owner = await signed_in(service, user)
    await owner.post("/logout")
    await lock(service, user, times=FREE + 5)

    body = {"email": user.email, "password": PASSWORD}
    assert not await signs_in(service, user, PASSWORD)
    assert (await owner.post(service.kind.sign_in, json=body)).status_code == 200


@pytest.mark.attack("F9")
async def test_after_the_hard_stop_the_mailbox_still_opens_the_account(
    service: Service,
) -> None:
    user = await service.user()
    owner = await service.signed_in(user=user)
    await lock(service, user, times=HARD_STOP + 1)
    await service.clock.advance(timedelta(days=1))
    refused = await signs_in(service, user, PASSWORD)
    body = {"email": user.email, "password": PASSWORD}
    on_known_device = await owner.post(service.kind.sign_in, json=body)

    answer = await set_password(service, await reset_token(service, user))

    assert not refused
    assert on_known_device.status_code == 200
    assert answer.status_code == 200
    assert await signs_in(service, user, NEW_PASSWORD)


@about(AUTH_SERVICE, STARTER)
@pytest.mark.attack("F9")
async def test_where_nothing_is_mailed_no_guesses_keep_the_owner_out(
    service: Service,
) -> None:
    user = await service.user()
    network = service.client(address="2001:db8:7::1")
    for _ in range(HARD_STOP + 1):
        assert await guess(service, user, client=network) == 401
    body = {"email": user.email, "password": PASSWORD}

    there = await network.post(service.kind.sign_in, json=body)
    elsewhere = service.client(address=some_address())
    here = await elsewhere.post(service.kind.sign_in, json=body)

    assert (there.status_code, here.status_code) == (401, 200)


@about(*EVERY)
@pytest.mark.attack("F9")
async def test_a_stranger_cannot_end_the_sessions_of_the_owner(
    service: Service,
) -> None:
    owner = await signed_in(service)
    await lock(service, owner.user, times=FREE + 5)

    assert await is_served(service, owner)
    assert (await used_by(service, owner)).status_code == 200


@about(*WITH_CODES)
@pytest.mark.attack("F9")
async def test_a_stranger_cannot_keep_a_signed_in_owner_from_a_new_password(
    service: Service,
) -> None:
    for owner in (
        await service.signed_in(),
        await service.signed_in(transport="bearer"),
    ):
        await lock(service, owner.user, times=FREE + 5)
        body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}

        assert (await owner.post("/change-password", json=body)).status_code == 200


@about(*EVERY)
@pytest.mark.attack("F9")
async def test_the_lock_ends_by_itself(service: Service) -> None:
    user = await service.user()
    await lock(service, user)
    assert not await signs_in(service, user, PASSWORD)
    await service.clock.advance(timedelta(minutes=15))

    assert await signs_in(service, user, PASSWORD)


@about(*EVERY)
@pytest.mark.attack("F9")
async def test_strangers_may_guess_once_after_ever_longer_pauses(
    service: Service,
) -> None:
    user = await service.user()
    await lock(service, user, times=FREE + 2)

    await service.clock.advance(timedelta(seconds=6))
    early = await signs_in(service, user, PASSWORD)
    await service.clock.advance(timedelta(seconds=60))
    late = await signs_in(service, user, PASSWORD)

    assert (early, late) == (False, True)


@about(HYBRID, STATEFUL)
@pytest.mark.attack("F10")
@pytest.mark.attack("G7")
@pytest.mark.asvs("V6.3.4")
@pytest.mark.parametrize("transport", ["cookie", "bearer"])
async def test_a_wrong_current_password_counts_as_a_guess(
    service: Service, transport: Transport
) -> None:
    client = await service.signed_in(transport=transport)
    for number in range(FREE):
        if number % 2:
            body = {"oldPassword": WRONG, "newPassword": NEW_PASSWORD}
            answer = await client.post("/change-password", json=body)
        else:
            body = {"password": WRONG, "type": "soft"}
            answer = await client.post("/account/request-delete", json=body)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_password")

    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    changed = await client.post("/change-password", json=body)
    asked = await client.post(
        "/account/request-delete", json={"password": PASSWORD, "type": "soft"}
    )

    assert (changed.status_code, asked.status_code) == (401, 401)


@about(*WITH_CODES)
@pytest.mark.attack("F10")
async def test_guesses_of_a_signed_in_thief_lock_no_other_device(
    service: Service,
) -> None:
    user = await service.user()
    owner = await service.signed_in(user=user)
    thief = await service.signed_in(user=user)
    for _ in range(FREE + 2):
        body = {"oldPassword": WRONG, "newPassword": NEW_PASSWORD}
        await thief.post("/change-password", json=body)

    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert (await owner.post("/change-password", json=body)).status_code == 200
