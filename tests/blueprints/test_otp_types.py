"""Codes of four types: what stateless-auth asks for and exchanges."""

from datetime import timedelta
from typing import Any

import pytest
from httpx2 import Response

from tests.blueprints.answers import cookies_set, invalid, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith
from tests.blueprints.harness import (
    NEW_PASSWORD,
    PASSWORD,
    Client,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.kinds import STATELESS
from tests.blueprints.mailbox import code_in

BLUEPRINTS = (STATELESS,)
MAILS = {
    "signin": "sign-in code",
    "password-reset": "reset",
    "password-change": "reset",
}


async def asked(client: Client, email: str, kind: str) -> dict[str, Any]:
    answer = await client.post("/request-otp", json={"email": email, "otpType": kind})
    flow = shown(answer, 202)
    assert flow.keys() == {"flowId", "expiresAt", "resendAt"}
    return dict(flow)


async def proved(client: Client, email: str, code: str, kind: str) -> Response:
    body = {"email": email, "otpCode": code, "otpType": kind}
    return await client.post("/verify-otp", json=body)


async def code_for(service: Service, client: Client, email: str, kind: str) -> str:
    await asked(client, email, kind)
    return code_in(await service.mail_to(email, MAILS[kind]))


async def test_a_sign_up_is_completed_by_its_code(service: Service) -> None:
    client, email = service.client(), some_email()
    shown(await client.post("/signup", json=sign_up_body(email)), 202)
    code = code_in(await service.mail_to(email, "verify"))
    data = shown(await proved(client, email, code, "email-verification"))
    assert data.keys() == {"user"}
    assert data["user"]["email"] == email
    refused(await client.get("/profile"), 401, "not_signed_in")
    body = {"email": email, "password": PASSWORD}
    shown(await client.post("/signin", json=body))


async def test_a_new_code_for_a_sign_up_goes_to_its_flow(service: Service) -> None:
    client, email = service.client(), some_email()
    shown(await client.post("/signup", json=sign_up_body(email)), 202)
    first = code_in(await service.mail_to(email, "verify"))
    body = {"email": email, "otpType": "email-verification"}
    refused(await client.post("/request-otp", json=body), 429, "resend_too_soon")
    await service.clock.advance(timedelta(seconds=61))
    shown(await client.post("/request-otp", json=body), 202)
    second = code_in(await service.mail_to(email, "verify"))
    if first != second:
        answer = await proved(client, email, first, "email-verification")
        refused(answer, 400, "code_invalid")
    shown(await proved(client, email, second, "email-verification"))


async def test_a_code_signs_in_without_a_password(service: Service) -> None:
    user, client = await service.user(password_hash=None), service.client()
    code = await code_for(service, client, user.email, "signin")
    answer = await proved(client, user.email, code, "signin")
    assert shown(answer)["user"]["id"] == str(user.id)
    assert cookies_set(answer).keys() >= {"accessToken", "refreshToken", "device"}
    shown(await client.get("/profile"))


async def test_a_bearer_client_gets_its_tokens_for_a_code(service: Service) -> None:
    user, client = await service.user(), service.bearer_client()
    flow = await asked(client, user.email, "signin")
    code = code_in(await service.mail_to(user.email, MAILS["signin"]))
    body = {"email": user.email, "otpCode": code, "otpType": "signin"}
    answer = await client.post("/verify-otp", json={**body, "flowId": flow["flowId"]})
    client.carry(shown(answer)["tokens"])
    shown(await client.get("/profile"))


async def test_a_code_works_once(service: Service) -> None:
    user, client = await service.user(), service.client()
    flow = await asked(client, user.email, "signin")
    code = code_in(await service.mail_to(user.email, MAILS["signin"]))
    body = {"email": user.email, "otpCode": code, "otpType": "signin"}
    body["flowId"] = str(flow["flowId"])
    shown(await client.post("/verify-otp", json=body))
    refused(await client.post("/verify-otp", json=body), 400, "code_invalid")


async def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
    service: Service,
) -> None:
    user, stranger = await service.user(), some_email()
    for kind in ("signin", "password-reset"):
        known = await asked(service.client(), user.email, kind)
        unknown = await asked(service.client(), stranger, kind)
        assert known.keys() == unknown.keys()
    assert not await service.mails_to(stranger)


@WITHOUT_STORES
@pytest.mark.parametrize("other", ["password-reset", "password-change"])
async def test_a_code_of_one_type_passes_for_no_other(
    service: Service, other: str
) -> None:
    client = await service.signed_in()
    code = await code_for(service, client, client.user.email, "signin")
    answer = await proved(client, client.user.email, code, other)
    refused(answer, 400, "code_invalid")


async def test_a_reset_code_gives_a_token_that_sets_a_password(
    service: Service,
) -> None:
    old = await service.signed_in()
    client, email = service.client(), old.user.email
    code = await code_for(service, client, email, "password-reset")
    data = shown(await proved(client, email, code, "password-reset"))
    assert data.keys() == {"resetToken", "expiresAt"}
    body = {"resetToken": data["resetToken"], "newPassword": NEW_PASSWORD}
    shown(await client.post("/reset-password", json=body))
    await service.require_ended(old)
    body = {"email": email, "password": NEW_PASSWORD}
    shown(await client.post("/signin", json=body))


async def test_a_forgotten_password_is_reset_by_the_same_type(
    service: Service,
) -> None:
    user, client = await service.user(), service.client()
    shown(await client.post("/forgot-password", json={"email": user.email}), 202)
    code = code_in(await service.mail_to(user.email, "reset"))
    data = shown(await proved(client, user.email, code, "password-reset"))
    body = {"resetToken": data["resetToken"], "newPassword": NEW_PASSWORD}
    shown(await client.post("/reset-password", json=body))


async def test_who_is_signed_in_may_replace_the_password_by_a_code(
    service: Service,
) -> None:
    client = await service.signed_in()
    email = client.user.email
    code = await code_for(service, client, email, "password-change")
    data = shown(await proved(client, email, code, "password-change"))
    body = {"resetToken": data["resetToken"], "newPassword": NEW_PASSWORD}
    shown(await client.post("/reset-password", json=body))


@WITHOUT_STORES
async def test_codes_for_a_change_are_for_ones_own_address(service: Service) -> None:
    client, other = await service.signed_in(), await service.user()
    body = {"email": other.email, "otpType": "password-change"}
    invalid(await client.post("/request-otp", json=body), "email")
    answer = await service.client().post("/request-otp", json=body)
    refused(answer, 401, "not_signed_in")


@WITHOUT_STORES
async def test_another_type_is_not_acceptable(service: Service) -> None:
    body = {"email": some_email(), "otpType": "deletion"}
    invalid(await service.client().post("/request-otp", json=body), "otpType")


async def test_where_it_is_asked_for_a_code_follows_the_password(
    service_with: ServiceWith,
) -> None:
    service = await service_with(signin_otp=True)
    user, client = await service.user(), service.client()
    wrong = {"email": user.email, "password": NEW_PASSWORD}
    refused(await client.post("/signin", json=wrong), 401, "invalid_credentials")
    body = {"email": user.email, "password": PASSWORD}
    answer = await client.post("/signin", json=body)
    assert shown(answer, 202).keys() == {"flowId", "expiresAt", "resendAt"}
    assert cookies_set(answer).keys() == {"flow"}
    refused(await client.get("/profile"), 401, "not_signed_in")
    code = code_in(await service.mail_to(user.email, MAILS["signin"]))
    shown(await proved(client, user.email, code, "signin"))
    shown(await client.get("/profile"))
    (entry,) = await service.audited(user.id, "UserSignedIn")
    assert entry.details["method"] == "pwd otp"


async def test_an_account_is_deactivated_and_had_back(service: Service) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    body = {"type": "soft", "password": PASSWORD}
    shown(await client.send_json("DELETE", "/delete-account", **body))
    await service.require_ended(other)
    sign_in = {"email": client.user.email, "password": PASSWORD}
    answer = await client.post("/signin", json=sign_in)
    token = refused(answer, 403, "account_deactivated")["data"]["reactivationToken"]
    body = {"reactivationToken": token}
    shown(await client.put("/reactivate-account", json=body))
    shown(await client.post("/signin", json=sign_in))


async def test_a_hard_deletion_removes_the_user(service: Service) -> None:
    client = await service.signed_in()
    body = {"type": "hard", "password": PASSWORD}
    shown(await client.send_json("DELETE", "/delete-account", **body))
    assert await service.stores.users.by_id(client.user.id) is None


@WITHOUT_STORES
async def test_a_deletion_needs_the_password(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.send_json("DELETE", "/delete-account", type="hard")
    invalid(answer, "password")
    body = {"type": "hard", "password": NEW_PASSWORD}
    answer = await client.send_json("DELETE", "/delete-account", **body)
    refused(answer, 401, "wrong_password")
