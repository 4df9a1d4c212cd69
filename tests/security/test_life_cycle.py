"""Accounts that are closed, given up, taken back (M1 to M5)."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.features.users.types import Status, User
from tests.blueprints.forms import data_of
from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.blueprints.mailbox import token_in
from tests.security.everywhere import everywhere
from tests.security.flows import reset, reset_token, sign_up, signs_in
from tests.security.kept import dump
from tests.security.operations import ended
from tests.security.second import second_process
from tests.security.tokens import refusal_of

RACERS = 20
GRACE = timedelta(days=30)
THIRD = "walnut orchard 5 tuesday"


async def close(service: Service, user: User, status: Status) -> None:
    await service.stores.users.set_status(
        user.id,
        status,
        epoch=user.epoch,
        purge_after=service.now() + GRACE if status is Status.DEACTIVATED else None,
        now=service.now(),
        letter=None,
    )


async def asked(service: Service, client: Client, kind: str) -> str:
    """Return the token that gives up the account of *client*."""
    body = {"password": PASSWORD, "type": kind}
    answer = await client.post("/account/request-delete", json=body)
    assert answer.status_code == 202, answer.text
    return token_in(await service.mail_to(client.user.email, "give up"))


async def confirm(client: Client, token: str) -> int:
    answer = await client.request("DELETE", "/account/delete", json={"token": token})
    return answer.status_code


async def reactivation(service: Service, user: User) -> str:
    """Return the token that a right sign-in to a deactivated account gives."""
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/signin", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "account_deactivated")
    assert "set-cookie" not in answer.headers
    return str(answer.json()["data"]["reactivationToken"])


async def reactivate(service: Service, token: str) -> int:
    body = {"reactivationToken": token}
    return (await service.client().put("/account/reactivate", json=body)).status_code


@everywhere
@pytest.mark.attack("M1")
@pytest.mark.asvs("V7.4.2")
@pytest.mark.asvs("V6.3.4")
@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_a_closed_account_gets_no_session_by_any_way(
    service: Service, status: Status
) -> None:
    client = await service.signed_in(transport="bearer")
    flow = await reset(service, client.user)
    await close(service, client.user, status)
    stranger = service.client()
    body = {"email": client.user.email, "password": PASSWORD}

    signed_in = await stranger.post("/signin", json=body)
    by_code = await flow.enter()
    await stranger.post("/forgot-password", json={"email": client.user.email})

    assert signed_in.status_code == 403
    assert "set-cookie" not in signed_in.headers
    assert by_code.status_code == 400
    assert await refusal_of(service, client.tokens["refreshToken"]) == "session_ended"
    await ended(client)
    assert await service.mails_to(client.user.email, "reset your password") == []


@everywhere
@pytest.mark.attack("M1")
@pytest.mark.attack("M5")
async def test_an_account_given_up_softly_ends_every_session(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user, transport="bearer")

    assert await confirm(client, await asked(service, client, "soft")) == 200

    await ended(other)
    assert not client.cookies.get("accessToken")
    assert len(await service.mails_to(client.user.email, "deactivated")) == 1


@everywhere
@pytest.mark.attack("M2")
async def test_an_account_comes_back_once_by_a_right_sign_in(
    service: Service,
) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)
    token = await reactivation(service, user)

    statuses = await asyncio.gather(
        *(reactivate(service, token) for _ in range(RACERS))
    )

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 409, 503}
    assert await signs_in(service, user, PASSWORD)


@pytest.mark.attack("M2")
async def test_a_reactivation_token_is_of_no_use_twice(service: Service) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)
    token = await reactivation(service, user)
    assert await reactivate(service, token) == 200
    again = await service.stores.users.by_id(user.id)
    assert again is not None
    await close(service, again, Status.DEACTIVATED)

    assert await reactivate(service, token) == 400


@pytest.mark.attack("M2")
async def test_a_wrong_password_gives_no_reactivation_token(service: Service) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)

    body = {"email": user.email, "password": NEW_PASSWORD}
    answer = await service.client().post("/signin", json=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert "data" not in answer.json()


@pytest.mark.attack("M2")
async def test_a_reactivation_token_expires(service: Service) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)
    token = await reactivation(service, user)
    await service.clock.advance(timedelta(minutes=10))

    assert await reactivate(service, token) == 400


@pytest.mark.attack("M2")
async def test_nobody_comes_back_after_the_grace_period(service: Service) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)
    await service.clock.advance(GRACE - timedelta(minutes=5))
    token = await reactivation(service, user)
    await service.clock.advance(timedelta(minutes=6))

    assert await reactivate(service, token) == 400


@pytest.mark.attack("M2")
async def test_a_banned_account_cannot_be_reactivated(service: Service) -> None:
    user = await service.user()
    await close(service, user, Status.DEACTIVATED)
    token = await reactivation(service, user)
    deactivated = await service.stores.users.by_id(user.id)
    assert deactivated is not None
    await close(service, deactivated, Status.BANNED)

    assert await reactivate(service, token) == 400


@everywhere
@pytest.mark.attack("M3")
@pytest.mark.attack("M8")
@pytest.mark.asvs("V14.2.7")
async def test_an_account_given_up_for_good_leaves_nothing(service: Service) -> None:
    signed_up = await service.sign_up()
    user = await service.stores.users.by_id(UUID(signed_up["id"]))
    assert user is not None
    client = await service.signed_in(user=user)
    other = await service.signed_in(user=user, transport="bearer")
    await other.post("/logout", json={"refreshToken": other.tokens["refreshToken"]})
    await client.patch("/profile", json={"name": name_of(user)})
    await client.get("/sessions")
    await reset(service, user)

    assert await confirm(client, await asked(service, client, "hard")) == 200

    kept = (await dump(service)).splitlines()
    rows = [row for row in kept if not row.startswith("audit_events")]
    for trace in traces_of(user):
        assert [row for row in rows if trace in row] == []


@pytest.mark.attack("M3")
async def test_no_flow_outlives_the_account_that_it_is_about(
    service: Service,
) -> None:
    flow = await sign_up(service)
    assert await flow.passes()
    user = await service.stores.users.by_email(flow.email)
    assert user is not None
    client = await service.signed_in(user=user)
    await reset_token(service, user)
    await reset(service, user)
    before = await dump(service, only="otps")
    assert await confirm(client, await asked(service, client, "hard")) == 200

    kept = await dump(service, only="otps")
    assert str(user.id) in before
    assert [trace for trace in traces_of(user) if trace in kept] == []


@everywhere
@pytest.mark.attack("M3")
@pytest.mark.asvs("V14.2.7")
async def test_an_account_whose_grace_period_is_over_leaves_nothing(
    service: Service,
) -> None:
    client = await service.signed_in()
    token = await asked(service, client, "soft")
    assert await confirm(client, token) == 200
    await reactivation(service, client.user)
    await service.clock.advance(GRACE)

    purge = service.built.get(AccountDeletion)
    lapsed = LapsedPurge(service.stores.users, purge, purge.publish, service.now)
    while await lapsed.run_once():
        pass

    kept = (await dump(service)).splitlines()
    rows = [row for row in kept if not row.startswith("audit_events")]
    for trace in traces_of(client.user):
        assert [row for row in rows if trace in row] == []


@everywhere
@pytest.mark.attack("M8")
@pytest.mark.asvs("V7.4.2")
async def test_a_removal_elsewhere_is_seen_by_every_process_at_once(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    browser = await service.signed_in(user=client.user)
    for one in (client, browser):
        assert (await one.get("/profile")).status_code == 200
    user = await service.stores.users.by_id(client.user.id)
    assert user is not None

    async with second_process(service) as operators:
        assert await operators.built.get(AccountDeletion).remove(user)

    await ended(client)
    await ended(browser)
    assert await refusal_of(service, client.tokens["refreshToken"]) == "session_ended"
    assert not await signs_in(service, user, PASSWORD)


def traces_of(user: User) -> tuple[str, ...]:
    """Return what would show that *user* was there."""
    return (user.email, name_of(user), str(user.id), user.id.hex)


def name_of(user: User) -> str:
    """Return a name that nobody else has."""
    return f"Zerubbabel {user.email[:12]}"


@everywhere
@pytest.mark.attack("M3")
async def test_a_newcomer_inherits_nothing(service: Service) -> None:
    client = await service.signed_in()
    former = client.user
    bearer = await service.signed_in(user=former, transport="bearer")
    flow = await reset(service, former)
    token = await asked(service, client, "hard")
    assert await confirm(client, token) == 200

    newcomer = await service.signed_in(former.email)

    assert newcomer.user.id != former.id
    await ended(bearer)
    code = await refusal_of(service, bearer.tokens["refreshToken"])
    assert code == "session_ended"
    assert not await flow.passes()
    assert await confirm(newcomer, token) == 400
    shown = data_of(await newcomer.get("/sessions"))["sessions"]
    assert len(shown) == 1
    assert not await signs_in(service, newcomer.user, THIRD)


@everywhere
@pytest.mark.attack("M4")
async def test_of_many_deletions_at_once_exactly_one_is_done(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    token = await asked(service, client, "soft")

    statuses = await asyncio.gather(*(confirm(client, token) for _ in range(RACERS)))

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 400, 401, 409}
    assert len(await service.mails_to(client.user.email, "deactivated")) == 1


@pytest.mark.attack("M4")
async def test_a_deletion_token_is_of_no_use_to_another_user(
    service: Service,
) -> None:
    victim, thief = await service.signed_in(), await service.signed_in()
    token = await asked(service, victim, "hard")

    assert await confirm(thief, token) == 400
    assert (await thief.get("/profile")).status_code == 200
    assert (await victim.get("/profile")).status_code == 200
    assert await confirm(victim, token) == 200


@pytest.mark.attack("M4")
async def test_a_deletion_needs_a_live_session(service: Service) -> None:
    client = await service.signed_in()
    token = await asked(service, client, "hard")
    dead = service.client(cookie=f"accessToken={client.cookies['accessToken']}")
    await client.post("/logout")

    assert await confirm(dead, token) == 401
    assert await confirm(service.client(), token) == 401
    assert await service.stores.users.by_id(client.user.id) is not None


@pytest.mark.attack("M4")
async def test_a_deletion_needs_the_password_and_the_mail(service: Service) -> None:
    client = await service.signed_in()
    wrong = [
        {"password": NEW_PASSWORD, "type": "hard"},
        {"type": "hard"},
        {"password": PASSWORD, "type": "now"},
        {"password": PASSWORD},
    ]
    statuses = [
        (await client.post("/account/request-delete", json=body)).status_code
        for body in wrong
    ]

    assert statuses == [401, 422, 422, 422]
    assert await confirm(client, "A" * 64) == 400
    assert await service.mails_to(client.user.email, "give up") == []


@pytest.mark.attack("M4")
async def test_a_deletion_token_expires_and_dies_with_the_password(
    service: Service,
) -> None:
    client = await service.signed_in()
    late = await asked(service, client, "hard")
    await service.clock.advance(timedelta(minutes=10))
    expired = await confirm(client, late)
    older = await asked(service, client, "hard")
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    assert (await client.post("/change-password", json=body)).status_code == 200

    assert (expired, await confirm(client, older)) == (400, 400)


@pytest.mark.attack("M4")
async def test_a_newer_deletion_token_replaces_the_older_one(
    service: Service,
) -> None:
    client = await service.signed_in()
    older = await asked(service, client, "hard")
    newer = await asked(service, client, "soft")

    assert await confirm(client, older) == 400
    assert await confirm(client, newer) == 200


@pytest.mark.attack("M5")
@pytest.mark.asvs("V7.4.3")
@pytest.mark.asvs("V6.3.7")
async def test_a_new_password_ends_all_but_the_new_session_and_is_told(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user, transport="bearer")
    former = service.client(cookie=f"accessToken={client.cookies['accessToken']}")
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}

    assert (await client.post("/change-password", json=body)).status_code == 200

    await ended(other)
    await ended(former)
    assert (await client.get("/profile")).status_code == 200
    assert len(await service.mails_to(client.user.email, "password was changed")) == 1
    assert not await signs_in(service, client.user, PASSWORD)


@pytest.mark.attack("M5")
async def test_a_new_password_makes_every_device_unknown(service: Service) -> None:
    client = await service.signed_in()
    device = client.cookies["device"]
    body = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}
    await client.post("/change-password", json=body)
    for _ in range(12):
        await signs_in(service, client.user, PASSWORD)

    known = service.client(cookie=f"device={device}")
    sent = {"email": client.user.email, "password": NEW_PASSWORD}
    assert (await known.post("/signin", json=sent)).status_code == 401


@everywhere
@pytest.mark.attack("M5")
async def test_of_two_password_changes_at_once_one_wins(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    chosen = [f"{THIRD} {number}" for number in range(6)]

    answers = await asyncio.gather(
        *(
            client.post(
                "/change-password",
                json={"oldPassword": PASSWORD, "newPassword": password},
            )
            for password in chosen
        )
    )

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 401}
    assert await signs_in(service, client.user, chosen[statuses.index(200)])


@pytest.mark.attack("M1")
@pytest.mark.attack("D14")
async def test_a_pending_sign_up_is_nobody(service: Service) -> None:
    flow = await sign_up(service)
    body = {"email": flow.email, "password": PASSWORD}

    answer = await service.client().post("/signin", json=body)

    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    assert await service.stores.users.by_email(flow.email) is None
