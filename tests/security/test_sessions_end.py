"""A session that is over is over everywhere, at once, for ever (B8 to B10, B16)."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.users.types import Status, UserChanges
from tests.blueprints.forms import data_of
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.security.everywhere import everywhere
from tests.security.operations import ended
from tests.security.second import second_process
from tests.security.tokens import bearing, refresh, refusal_of, rotated

DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)


async def sign_out(service: Service, client: Client) -> None:
    token = client.tokens["refreshToken"]
    await client.send_json("POST", "/logout", refreshToken=token)


async def end_from_elsewhere(service: Service, client: Client) -> None:
    other = await service.signed_in(user=client.user)
    await other.delete("/sessions")


async def end_by_id(service: Service, client: Client) -> None:
    shown = data_of(await client.get("/sessions"))["sessions"]
    current = next(one["id"] for one in shown if one["current"])
    await client.delete(f"/sessions/{current}")


async def change_password(service: Service, client: Client) -> None:
    other = await service.signed_in(user=client.user)
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    answer = await other.send_json("POST", "/change-password", **body)
    assert answer.status_code == 200


async def ban(service: Service, client: Client) -> None:
    user = client.user
    await service.stores.users.set_status(
        user.id,
        Status.BANNED,
        epoch=user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )


async def remove(service: Service, client: Client) -> None:
    await service.stores.users.remove(client.user.id)


WAYS = (
    sign_out,
    end_from_elsewhere,
    end_by_id,
    change_password,
    ban,
    remove,
)


@everywhere
@pytest.mark.attack("B10")
@pytest.mark.asvs("V7.4.1")
@pytest.mark.asvs("V7.4.2")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
async def test_an_ended_session_opens_nothing_any_more(
    service: Service, way: object
) -> None:
    assert callable(way)
    client = await service.signed_in(transport="bearer")
    assert (await client.get("/profile")).status_code == 200

    await way(service, client)

    await ended(client)
    assert await refusal_of(service, client.tokens["refreshToken"]) == "session_ended"


@everywhere
@pytest.mark.attack("B9")
@pytest.mark.asvs("V7.4.1")
async def test_a_revocation_survives_a_restart(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    await sign_out(service, client)

    async with second_process(service) as restarted:
        again = bearing(restarted, client.tokens["accessToken"])
        await ended(again)
        token = client.tokens["refreshToken"]
        assert await refusal_of(restarted, token) == "session_ended"


@everywhere
@pytest.mark.attack("B9")
async def test_a_revocation_is_seen_by_the_other_process_at_once(
    service: Service,
) -> None:
    async with second_process(service) as other:
        client = await service.signed_in(transport="bearer")
        there = bearing(other, client.tokens["accessToken"])
        assert (await there.get("/profile")).status_code == 200

        await sign_out(service, client)

        assert (await there.get("/profile")).status_code == 401


@everywhere
@pytest.mark.attack("B9")
async def test_a_revocation_is_not_undone_by_a_refresh_at_the_same_moment(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    token = client.tokens["refreshToken"]

    *answers, _ = await asyncio.gather(
        *(refresh(service, token) for _ in range(8)), sign_out(service, client)
    )

    for answer in answers:
        assert not isinstance(answer, BaseException)
        if answer is not None and answer.status_code == 200:
            given = data_of(answer)["tokens"]
            await ended(bearing(service, given["accessToken"]))
            code = await refusal_of(service, given["refreshToken"])
            assert code == "session_ended"


@pytest.mark.attack("B8")
@pytest.mark.asvs("V7.3.1")
async def test_a_session_is_over_at_its_very_end_and_not_before(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    shown = data_of(await client.get("/sessions"))["sessions"]
    assert len(shown) == 1
    token = client.tokens["refreshToken"]

    await service.clock.advance(7 * DAY - timedelta(seconds=5))
    token = await rotated(service, token)
    await service.clock.advance(7 * DAY)

    assert (await refresh(service, token)).status_code == 401


@pytest.mark.attack("B16")
@pytest.mark.asvs("V8.3.2")
async def test_a_new_role_counts_with_the_next_request(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    before = await client.get("/verify")
    changes = UserChanges(role="admin")
    await service.stores.users.update(client.user.id, changes, now=service.now())

    after = await client.get("/verify")

    assert before.headers["x-user-role"] == "user"
    assert after.headers["x-user-role"] == "admin"


@pytest.mark.attack("B16")
@pytest.mark.attack("M7")
@pytest.mark.asvs("V8.3.2")
async def test_a_lost_role_counts_with_the_next_request(service: Service) -> None:
    user = await service.user(role="admin")
    client = await service.signed_in(user=user)
    changes = UserChanges(role="user")
    await service.stores.users.update(user.id, changes, now=service.now())

    after = await client.get("/verify")

    assert after.headers["x-user-role"] == "user"


@pytest.mark.attack("B16")
@pytest.mark.attack("M7")
@pytest.mark.asvs("V7.4.2")
async def test_a_ban_counts_with_the_next_request(service: Service) -> None:
    client = await service.signed_in(transport="bearer")

    await ban(service, client)

    await ended(client)
