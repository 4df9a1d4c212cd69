"""What the contracts without an envelope have in common, row by row."""

import asyncio
from datetime import timedelta

import pytest

from keywright.features.users.types import Status
from tests.blueprints.answers import cookies_set, is_cleared, is_uuid7
from tests.blueprints.fixtures import ServiceWith, on
from tests.blueprints.harness import Service, some_email
from tests.blueprints.kinds import INCLUDED
from tests.blueprints.plain import (
    PASSWORD,
    PLAIN,
    contract,
    credentials_set,
    holding,
    refresh,
    refused,
    sign_up_body,
    signed_in,
    signed_up,
    some_address,
    token_of,
)

BLUEPRINTS = PLAIN
JSON = {"content-type": "application/json"}


async def test_a_sign_up_makes_a_user_who_is_signed_in(service: Service) -> None:
    client = await signed_up(service)
    shown = (await client.get(contract(service).me)).json()["user"]
    assert shown["id"] == str(client.user.id)
    assert is_uuid7(shown["id"])
    assert shown["email"] == client.user.email


async def test_a_sign_up_sets_the_cookies_of_the_contract(service: Service) -> None:
    names = contract(service)
    body = sign_up_body(service)
    answer = await service.client().post(names.sign_up, json=body)
    assert credentials_set(service, answer) == names.cookies
    for cookie in cookies_set(answer).values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "lax"
        assert cookie["path"] == names.cookie_path
        assert not cookie["secure"]
        assert not cookie["domain"]


async def test_a_refresh_token_lasts_thirty_days(service: Service) -> None:
    names = contract(service)
    body = sign_up_body(service)
    answer = await service.client().post(names.sign_up, json=body)
    cookie = cookies_set(answer)[names.refresh_cookie]
    assert int(cookie["max-age"]) in range(30 * 86_400 - 5, 30 * 86_400 + 1)


async def test_new_users_have_the_role_of_the_contract(service: Service) -> None:
    client = await signed_up(service)
    assert client.user.role == contract(service).role
    shown = (await client.get(contract(service).me)).json()["user"]
    assert shown["role"] == contract(service).role


@pytest.mark.attack("F1")
@pytest.mark.parametrize("member", ["role", "id", "isEmailVerified", "epoch"])
async def test_a_client_chooses_nothing_but_the_contracts_members(
    service: Service, member: str
) -> None:
    body = sign_up_body(service, **{member: "ADMIN"})
    answer = await service.client().post(contract(service).sign_up, json=body)
    refused(answer, 422, member)


async def test_a_taken_address_is_told(service: Service) -> None:
    taken = (await signed_up(service)).user.email
    for email in (taken, taken.upper()):
        body = sign_up_body(service, email=email)
        answer = await service.client().post(contract(service).sign_up, json=body)
        refused(answer, 409, "email_taken")
        assert "set-cookie" not in answer.headers


@on("sqlite", INCLUDED)
async def test_a_closed_service_takes_nobody_new_and_serves_the_others(
    service: Service, service_with: ServiceWith
) -> None:
    known = (await signed_up(service)).user
    closed = await service_with(sign_up="closed")
    for email in (known.email, some_email()):
        body = sign_up_body(closed, email=email)
        answer = await closed.client().post(contract(closed).sign_up, json=body)
        refused(answer, 403, "sign_up_closed")
        assert "set-cookie" not in answer.headers
    client = await signed_in(closed, known)
    assert (await client.get(contract(closed).me)).status_code == 200


async def test_of_many_sign_ups_with_one_address_one_succeeds(
    service: Service,
) -> None:
    body = sign_up_body(service)
    path = contract(service).sign_up
    answers = await asyncio.gather(
        *(service.client().post(path, json=body) for _ in range(8))
    )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201, *[409] * 7]


async def test_every_member_that_is_wrong_is_told(service: Service) -> None:
    body = dict.fromkeys(sign_up_body(service), "")
    answer = await service.client().post(contract(service).sign_up, json=body)
    refused(answer, 422, *body)


async def test_every_member_that_is_missing_is_told(service: Service) -> None:
    answer = await service.client().post(contract(service).sign_up, json={})
    refused(answer, 422, *sign_up_body(service))


@pytest.mark.parametrize("password", ["Sh0rt-7", "password123", "x" * 257])
async def test_a_bad_password_is_refused(service: Service, password: str) -> None:
    body = sign_up_body(service, password=password)
    answer = await service.client().post(contract(service).sign_up, json=body)
    refused(answer, 422, "password")
    assert password not in answer.text


async def test_a_user_signs_in_with_the_password(service: Service) -> None:
    user = (await signed_up(service)).user
    client = await signed_in(service, user)
    shown = (await client.get(contract(service).me)).json()["user"]
    assert shown["id"] == str(user.id)


async def test_the_spelling_of_an_address_does_not_matter(service: Service) -> None:
    user = (await signed_up(service)).user
    body = {"email": user.email.upper(), "password": PASSWORD}
    answer = await service.client().post(service.kind.sign_in, json=body)
    assert answer.status_code == 200


@pytest.mark.attack("E1")
async def test_a_wrong_password_and_no_user_are_answered_alike(
    service: Service,
) -> None:
    user = (await signed_up(service)).user
    wrong = {"email": user.email, "password": f"{PASSWORD}!"}
    nobody = {"email": some_email(), "password": PASSWORD}
    answers = [
        await service.client().post(service.kind.sign_in, json=body)
        for body in (wrong, nobody)
    ]
    for answer in answers:
        refused(answer, 401, "invalid_credentials")
        assert "set-cookie" not in answer.headers
    assert answers[0].json() == answers[1].json()


async def test_a_banned_user_does_not_sign_in(service: Service) -> None:
    client = await signed_up(service)
    await service.stores.users.set_status(
        client.user.id,
        Status.BANNED,
        epoch=client.user.epoch,
        purge_after=None,
        now=service.now(),
        letter=None,
    )
    body = {"email": client.user.email, "password": PASSWORD}
    answer = await service.client().post(service.kind.sign_in, json=body)
    refused(answer, 403, "account_banned")
    refused(await client.get(contract(service).me), 401, "session_ended")
    refused(await refresh(client), 401, "session_ended")


async def test_without_a_token_nobody_is_shown(service: Service) -> None:
    answer = await service.client().get(contract(service).me)
    refused(answer, 401, "not_signed_in")


async def test_a_new_device_is_told_to_the_owner(service: Service) -> None:
    user = (await signed_up(service)).user
    await signed_in(service, user)
    assert (await service.mail_to(user.email, "sign-in")).to == user.email


async def test_signing_out_ends_the_session_and_clears_its_cookies(
    service: Service,
) -> None:
    client = await signed_up(service)
    kept = token_of(service, client)
    answer = await client.post("/logout")
    assert answer.status_code == contract(service).signed_out
    cleared = cookies_set(answer)
    assert cleared.keys() == contract(service).cookies
    for cookie in cleared.values():
        assert is_cleared(cookie)
        assert cookie["path"] == contract(service).cookie_path
    refused(await holding(service, kept).post("/refresh"), 401, "session_ended")


async def test_the_access_token_of_an_ended_session_is_refused(
    service: Service,
) -> None:
    client = await signed_up(service)
    other = holding(service, token_of(service, client))
    assert (await other.post("/logout")).status_code == contract(service).signed_out
    refused(await client.get(contract(service).me), 401, "session_ended")


@pytest.mark.parametrize("token", ["bad", "a.b.c", "", "x" * 3000])
async def test_signing_out_works_with_a_bad_token(service: Service, token: str) -> None:
    client = holding(service, token)
    for _ in range(2):
        answer = await client.post("/logout")
        assert answer.status_code == contract(service).signed_out


async def test_signing_out_works_with_nothing_at_all(service: Service) -> None:
    client = service.client(authorization="Bearer bad")
    answer = await client.post("/logout")
    assert answer.status_code == contract(service).signed_out


async def test_signing_out_works_with_expired_tokens(service: Service) -> None:
    client = await signed_up(service)
    kept = token_of(service, client)
    await service.clock.advance(timedelta(hours=2))
    answer = await client.post("/logout")
    assert answer.status_code == contract(service).signed_out
    refused(await holding(service, kept).post("/refresh"), 401, "session_ended")


async def test_what_is_no_json_is_malformed(service: Service) -> None:
    path = service.kind.sign_in
    answer = await service.client().post(path, content=b"{bad", headers=JSON)
    refused(answer, 400, "malformed_body")


async def test_a_large_body_is_refused(service: Service) -> None:
    content = b'{"email": "' + b"a" * 70_000 + b'"}'
    path = service.kind.sign_in
    answer = await service.client().post(path, content=content, headers=JSON)
    refused(answer, 413, "body_too_large")


async def test_another_media_type_is_refused(service: Service) -> None:
    headers = {"content-type": "text/plain"}
    path = service.kind.sign_in
    answer = await service.client().post(path, content=b"{}", headers=headers)
    refused(answer, 415, "unsupported_media_type")


@pytest.mark.attack("F4")
async def test_another_sites_page_changes_nothing(service: Service) -> None:
    client = await signed_up(service)
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    for path in ("/logout", "/refresh", service.kind.sign_in):
        refused(await client.post(path, headers=headers), 403, "cross_site_request")
    assert (await client.get(contract(service).me)).status_code == 200


async def test_a_failure_tells_nothing(service: Service) -> None:
    client = service.client(origin=None, cookie="a=1; a=2")
    refused(await client.get(contract(service).me), 400, "ambiguous_request")


async def test_too_many_sign_ups_are_refused(service_with: ServiceWith) -> None:
    service = await service_with(rate_limits="on")
    client = service.client(address=some_address())
    for _ in range(5):
        answer = await client.post(contract(service).sign_up, json={})
        refused(answer, 422, *sign_up_body(service))
    answer = await client.post(contract(service).sign_up, json={})
    refused(answer, 429, "rate_limited")
    assert answer.headers["ratelimit-policy"] == '"signup";q=5;w=900'
