"""POST account/request-delete, DELETE account/delete, PUT account/reactivate."""

import asyncio
from datetime import datetime, timedelta

import pytest

from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.account_deletion.worker import LapsedPurge
from keywright.features.passwords.service import PasswordDoor
from keywright.features.sessions.types import Device
from keywright.features.users.types import Status
from tests.blueprints.answers import cookies_set, invalid, is_cleared, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith
from tests.blueprints.harness import PASSWORD, Client, Service, sign_up_body
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.blueprints.mailbox import code_in, token_in

BLUEPRINTS = (HYBRID, STATEFUL)


async def deletion_token(service: Service, client: Client, kind: str) -> str:
    body = {"password": PASSWORD, "type": kind}
    shown(await client.post("/account/request-delete", json=body), 202)
    return token_in(await service.mail_to(client.user.email, "give up"))


async def delete(service: Service, client: Client, kind: str) -> None:
    token = await deletion_token(service, client, kind)
    shown(await client.send_json("DELETE", "/account/delete", token=token))


async def reactivation_token(service: Service, client: Client) -> str:
    body = {"email": client.user.email, "password": PASSWORD}
    answer = await service.client().post("/signin", json=body)
    refusal = refused(answer, 403, "account_deactivated")
    return str(refusal["data"]["reactivationToken"])


async def test_a_request_mails_a_token_and_shows_when_it_expires(
    service: Service,
) -> None:
    client, before = await service.signed_in(), service.now()
    body = {"password": PASSWORD, "type": "soft"}
    data = shown(await client.post("/account/request-delete", json=body), 202)
    assert data.keys() == {"expiresAt"}
    lifetime = datetime.fromisoformat(data["expiresAt"]) - before
    assert timedelta(minutes=10) <= lifetime < timedelta(minutes=10, seconds=30)
    assert token_in(await service.mail_to(client.user.email, "give up"))


@WITHOUT_STORES
async def test_the_token_is_mailed_as_a_link_to_the_client(
    service_with: ServiceWith,
) -> None:
    service = await service_with(client_url="https://shop.example")
    client = await service.signed_in()
    body = {"password": PASSWORD, "type": "soft"}
    await client.post("/account/request-delete", json=body)
    mail = await service.mail_to(client.user.email, "give up")
    assert "https://shop.example/account/delete" in mail.text
    token = token_in(mail)
    shown(await client.send_json("DELETE", "/account/delete", token=token))


async def test_a_request_needs_the_password(service: Service) -> None:
    client = await service.signed_in()
    body = {"password": "wrong harbour 3", "type": "soft"}
    answer = await client.post("/account/request-delete", json=body)
    refused(answer, 401, "wrong_password")
    invalid(
        await client.post("/account/request-delete", json={"type": "soft"}), "password"
    )
    assert await service.mails_to(client.user.email) == []


async def test_a_user_without_a_password_needs_a_fresh_sign_in(
    service: Service,
) -> None:
    client = await service.signed_in()
    await without_password(service, client)
    shown(await client.post("/account/request-delete", json={"type": "hard"}), 202)


async def test_a_user_without_a_password_is_refused_after_five_minutes(
    service: Service,
) -> None:
    client = await service.signed_in()
    await without_password(service, client)
    await service.clock.advance(timedelta(minutes=5, seconds=5))
    answer = await client.post("/account/request-delete", json={"type": "hard"})
    refused(answer, 403, "step_up_required")


async def without_password(service: Service, client: Client) -> None:
    """Give the signed-in user of *client* up to a new one without a password."""
    user = await service.user(password_hash=None)
    issuer = service.built.get(PasswordDoor).door.issuer
    device = Device("Test/1.0", "127.0.0.1")
    credentials = await issuer.open(user, device, amr=("fed",))
    client.user = user
    client.hold({service.kind.cookies[0]: credentials.access})


@WITHOUT_STORES
@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"password": PASSWORD}, "type"),
        ({"password": PASSWORD, "type": "now"}, "type"),
        ({"password": PASSWORD, "type": "soft", "userId": "1"}, "userId"),
    ],
)
async def test_a_request_that_is_not_acceptable_is_refused(
    service: Service, body: dict[str, str], member: str
) -> None:
    client = await service.signed_in()
    invalid(await client.post("/account/request-delete", json=body), member)


async def test_a_soft_deletion_deactivates_and_ends_all_sessions(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    await delete(service, client, "soft")
    await service.require_ended(other)
    user = await service.stores.users.by_id(client.user.id)
    assert user is not None
    assert user.status is Status.DEACTIVATED


@WITHOUT_STORES
async def test_a_deletion_clears_the_cookies(service: Service) -> None:
    client = await service.signed_in()
    token = await deletion_token(service, client, "soft")
    answer = await client.send_json("DELETE", "/account/delete", token=token)
    cookies = cookies_set(answer)
    assert all(is_cleared(cookies[name]) for name in service.kind.cookies)


async def test_a_soft_deletion_is_told_to_the_owner(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    await service.mail_to(client.user.email, "deactivated")


async def test_a_deactivated_account_can_be_had_back(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    body = {"reactivationToken": await reactivation_token(service, client)}
    answer = await service.client().put("/account/reactivate", json=body)
    assert shown(answer) is None
    assert not cookies_set(answer)
    again = await service.signed_in(user=client.user)
    assert shown(await again.get("/profile"))["user"]["id"] == str(client.user.id)


async def test_the_session_of_before_stays_ended_after_a_reactivation(
    service: Service,
) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    await delete(service, client, "soft")
    body = {"reactivationToken": await reactivation_token(service, client)}
    shown(await service.client().put("/account/reactivate", json=body))
    refused(await other.get("/profile"), 401, "session_ended")


async def test_a_reactivation_token_works_once(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    body = {"reactivationToken": await reactivation_token(service, client)}
    shown(await service.client().put("/account/reactivate", json=body))
    answer = await service.client().put("/account/reactivate", json=body)
    refused(answer, 400, "token_invalid")


async def test_a_reactivation_token_dies_after_ten_minutes(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    body = {"reactivationToken": await reactivation_token(service, client)}
    await service.clock.advance(timedelta(minutes=10, seconds=1))
    answer = await service.client().put("/account/reactivate", json=body)
    refused(answer, 400, "token_invalid")


async def test_a_reactivation_is_told_to_the_owner(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    body = {"reactivationToken": await reactivation_token(service, client)}
    await service.client().put("/account/reactivate", json=body)
    await service.mail_to(client.user.email, "active again")


async def test_after_the_grace_period_the_account_is_purged(service: Service) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    await service.clock.advance(timedelta(days=30, seconds=1))
    await purge_lapsed(service)
    assert await service.stores.users.by_id(client.user.id) is None
    answer = await service.client().post(
        "/signin", json={"email": client.user.email, "password": PASSWORD}
    )
    refused(answer, 401, "invalid_credentials")


async def test_before_the_end_of_the_grace_period_nothing_is_purged(
    service: Service,
) -> None:
    client = await service.signed_in()
    await delete(service, client, "soft")
    await service.clock.advance(timedelta(days=29, hours=23))
    await purge_lapsed(service)
    body = {"reactivationToken": await reactivation_token(service, client)}
    shown(await service.client().put("/account/reactivate", json=body))


async def purge_lapsed(service: Service) -> None:
    deletion = service.built.get(AccountDeletion)
    users = service.stores.users
    await LapsedPurge(users, deletion, deletion.publish, service.now).run_once()


async def test_a_hard_deletion_removes_the_user_at_once(service: Service) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    await delete(service, client, "hard")
    assert await service.stores.users.by_id(client.user.id) is None
    await service.require_ended(other)


async def test_after_a_hard_deletion_the_address_is_free_for_a_newcomer(
    service: Service,
) -> None:
    client = await service.signed_in()
    await delete(service, client, "hard")
    newcomer, email = service.client(), client.user.email
    shown(await newcomer.post("/signup", json=sign_up_body(email)), 202)
    code = code_in(await service.mail_to(email, "verify"))
    body = {"email": email, "otpCode": code}
    user = shown(await newcomer.post("/verify-user", json=body), 201)["user"]
    assert user["id"] != str(client.user.id)


async def test_the_token_alone_deletes_nothing(service: Service) -> None:
    client = await service.signed_in()
    token = await deletion_token(service, client, "hard")
    stranger = service.client()
    answer = await stranger.send_json("DELETE", "/account/delete", token=token)
    refused(answer, 401, "not_signed_in")
    shown(await client.get("/profile"))


async def test_another_users_token_deletes_nobody(service: Service) -> None:
    client, other = await service.signed_in(), await service.signed_in()
    token = await deletion_token(service, client, "hard")
    answer = await other.send_json("DELETE", "/account/delete", token=token)
    refused(answer, 400, "token_invalid")
    shown(await client.get("/profile"))
    shown(await other.get("/profile"))


async def test_a_session_that_has_ended_deletes_nothing(service: Service) -> None:
    client = await service.signed_in()
    before = dict(client.cookies)
    token = await deletion_token(service, client, "hard")
    await client.post("/logout")
    client.hold(before)
    answer = await client.send_json("DELETE", "/account/delete", token=token)
    refused(answer, 401, "session_ended")


async def test_a_deletion_token_lives_ten_minutes(service: Service) -> None:
    client = await service.signed_in()
    token = await deletion_token(service, client, "hard")
    await service.clock.advance(timedelta(minutes=10, seconds=1))
    answer = await client.send_json("DELETE", "/account/delete", token=token)
    refused(answer, 400, "token_invalid")


async def test_a_deletion_token_dies_with_a_change_of_the_password(
    service: Service,
) -> None:
    client = await service.signed_in()
    token = await deletion_token(service, client, "hard")
    body = {"oldPassword": PASSWORD, "newPassword": "third harbour 3 lantern"}
    shown(await client.post("/change-password", json=body))
    answer = await client.send_json("DELETE", "/account/delete", token=token)
    refused(answer, 400, "token_invalid")


async def test_a_newer_deletion_token_replaces_the_older(service: Service) -> None:
    client = await service.signed_in()
    older = await deletion_token(service, client, "soft")
    await deletion_token(service, client, "soft")
    answer = await client.send_json("DELETE", "/account/delete", token=older)
    refused(answer, 400, "token_invalid")


async def test_of_many_parallel_deletions_one_wins(service: Service) -> None:
    client = await service.signed_in()
    token = await deletion_token(service, client, "soft")
    answers = await asyncio.gather(
        *(client.send_json("DELETE", "/account/delete", token=token) for _ in range(8))
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert len(await service.mails_to(client.user.email, "deactivated")) == 1


async def test_a_made_up_token_deletes_and_reactivates_nothing(
    service: Service,
) -> None:
    client = await service.signed_in()
    answer = await client.send_json("DELETE", "/account/delete", token="A" * 64)
    refused(answer, 400, "token_invalid")
    body = {"reactivationToken": "A" * 64}
    refused(await client.put("/account/reactivate", json=body), 400, "token_invalid")
    invalid(await client.send_json("DELETE", "/account/delete"), "token")
    invalid(await client.put("/account/reactivate", json={}), "reactivationToken")
