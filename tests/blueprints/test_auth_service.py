"""What only auth-service has: its bodies, its key set, its two paths, its log."""

import logging
from typing import Any

import jwt
import pytest
from jwt import PyJWK

from keywright.features.keys.service import SigningKeys
from tests.blueprints.answers import cookies_set, hardened
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service, some_email
from tests.blueprints.kinds import AUTH_SERVICE, variants
from tests.blueprints.plain import (
    PASSWORD,
    refresh,
    refused,
    sign_up_body,
    signed_in,
    signed_up,
    token_of,
)

BLUEPRINTS = (AUTH_SERVICE,)
ALONE = [name for name in variants(AUTH_SERVICE) if not name.endswith("included")]
alone = pytest.mark.parametrize("variant", ALONE[:1])
PAGES = ("https://shop.example", "https://admin.shop.example")


async def claims(service: Service, token: str) -> dict[str, Any]:
    """Return what a service of somebody else reads, by the published keys alone."""
    published = await service.client().get(service.root("/.well-known/jwks.json"))
    keys = {key["kid"]: PyJWK(key) for key in published.json()["keys"]}
    kid = jwt.get_unverified_header(token)["kid"]
    origin = service.settings.public_url
    found: dict[str, Any] = jwt.decode(
        token,
        keys[kid],
        algorithms=["RS256"],
        audience=origin,
        issuer=origin,
        # The clock of the tests runs ahead of this one.
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    return found


async def test_a_registration_answers_with_a_message_and_the_users_id(
    service: Service,
) -> None:
    body = sign_up_body(service)
    answer = await service.client().post("/register", json=body)
    user = await service.stores.users.by_email(str(body["email"]))
    assert user is not None
    assert answer.status_code == 201
    assert answer.json() == {
        "message": "User registered successfully",
        "userId": str(user.id),
    }
    hardened(answer)


async def test_both_parts_of_a_name_are_kept_and_shown_together(
    service: Service,
) -> None:
    client = await signed_up(service, firstName="  Zoë ", lastName="李")
    assert (client.user.first_name, client.user.last_name) == ("Zoë", "李")
    assert client.user.name == "Zoë 李"


async def test_a_sign_in_answers_with_a_message_and_the_users_id(
    service: Service,
) -> None:
    user = (await signed_up(service)).user
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/login", json=body)
    assert answer.json() == {
        "message": "User logged in successfully",
        "userId": str(user.id),
    }


async def test_self_shows_exactly_the_members_of_the_contract(
    service: Service,
) -> None:
    client = await signed_up(service)
    body = (await client.get("/self")).json()
    assert body["message"] == "User details fetched successfully"
    assert body["user"].keys() == {
        "id",
        "firstName",
        "lastName",
        "email",
        "role",
        "createdAt",
        "updatedAt",
    }
    assert body["user"]["firstName"] == "Ada"
    assert body["user"]["lastName"] == "Lovelace"


async def test_a_user_without_parts_of_a_name_is_shown_by_the_whole(
    service: Service,
) -> None:
    user = await service.user(password=PASSWORD)
    client = await signed_in(service, user)
    shown = (await client.get("/self")).json()["user"]
    assert (shown["firstName"], shown["lastName"]) == (user.name, "")


async def test_a_refresh_and_a_sign_out_answer_with_messages(
    service: Service,
) -> None:
    client = await signed_up(service)
    assert (await refresh(client)).json() == {
        "message": "Token refreshed successfully",
        "userId": str(client.user.id),
    }
    answer = await client.post("/logout")
    assert answer.json() == {"message": "User logged out successfully"}


async def test_an_access_token_lasts_an_hour(service: Service) -> None:
    answer = await service.client().post("/register", json=sign_up_body(service))
    assert cookies_set(answer)["access_token"]["max-age"] == "3600"


async def test_no_token_stands_in_a_body(service: Service) -> None:
    client = service.client(x_token_transport="bearer")
    answer = await client.post("/register", json=sign_up_body(service))
    for name in ("access_token", "refresh_token"):
        assert answer.cookies[name] not in answer.text


async def test_other_services_check_access_tokens_by_the_key_set(
    service: Service,
) -> None:
    client = await signed_up(service)
    found = await claims(service, client.cookies["access_token"])
    assert found["sub"] == str(client.user.id)
    assert found["role"] == "customer"
    assert found["exp"] - found["iat"] == 3600
    assert "email" not in found


async def test_the_key_set_stays_good_after_a_rotation(service: Service) -> None:
    client = await signed_up(service)
    before = client.cookies["access_token"]
    keys = service.built.get(SigningKeys)
    await keys.rotate()
    await keys.load()
    assert (await claims(service, before))["sub"] == str(client.user.id)
    assert (await client.get("/self")).status_code == 200


async def test_a_refresh_token_is_signed_by_a_shared_secret(service: Service) -> None:
    client = await signed_up(service)
    header = jwt.get_unverified_header(token_of(service, client))
    assert header["alg"] == "HS256"


async def test_it_answers_below_api_too(service: Service) -> None:
    client = await signed_up(service)
    below = service.root("/api/auth")
    assert (await client.get(f"{below}/self")).status_code == 200
    assert (await client.post(f"{below}/refresh")).status_code == 200
    body = {"email": client.user.email, "password": PASSWORD}
    assert (await client.post(f"{below}/login", json=body)).status_code == 200
    new = sign_up_body(service)
    assert (await client.post(f"{below}/register", json=new)).status_code == 201
    assert (await client.post(f"{below}/logout")).status_code == 200


async def test_a_bearer_token_is_no_cookie(service: Service) -> None:
    client = await signed_up(service)
    token = client.cookies["access_token"]
    bearing = service.client(authorization=f"Bearer {token}")
    refused(await bearing.get("/self"), 401, "not_signed_in")


@alone
async def test_an_unknown_route_and_method_have_the_shape_of_the_contract(
    service: Service,
) -> None:
    refused(await service.client().get(service.root("/nope")), 404, "not_found")
    answer = await service.client().delete("/self")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


@alone
async def test_a_failure_has_the_shape_of_the_contract(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await signed_up(service)

    def fail(*_: object) -> None:
        raise RuntimeError("a detail")

    monkeypatch.setattr(type(service.built.get(SigningKeys)), "ring", property(fail))
    answer = await client.post("/refresh")
    refused(answer, 500, "internal_error")
    assert "a detail" not in answer.text


@alone
@pytest.mark.parametrize("page", PAGES)
async def test_pages_of_several_uis_may_call(
    service_with: ServiceWith, page: str
) -> None:
    service = await service_with(cors_origins=",".join(PAGES))
    client = service.client(origin=page)
    answer = await client.post("/register", json=sign_up_body(service))
    assert answer.status_code == 201
    assert answer.headers["access-control-allow-origin"] == page
    assert answer.headers["access-control-allow-credentials"] == "true"


@alone
async def test_no_other_page_may_call(service_with: ServiceWith) -> None:
    service = await service_with(cors_origins=",".join(PAGES))
    client = service.client(origin="https://evil.example")
    answer = await client.post("/register", json=sign_up_body(service))
    refused(answer, 403, "cross_site_request")
    assert "access-control-allow-origin" not in answer.headers


@alone
async def test_in_production_cookies_are_for_https_and_this_host_only(
    service_with: ServiceWith,
) -> None:
    service = await service_with(public_url="https://id.example.com")
    client = service.client()
    answer = await client.post("/register", json=sign_up_body(service))
    cookies = cookies_set(answer)
    assert {"__Host-access_token", "__Host-refresh_token"} < cookies.keys()
    assert all(cookie["secure"] for cookie in cookies.values())


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the events of the audit log, in their order."""
    return [record.message for record in caplog.records if record.name == "audit"]


@alone
async def test_the_audit_log_tells_of_every_act(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "audit")
    client = await signed_up(service)
    await refresh(client)
    await client.post("/logout")
    await refuse_all(service, client)
    assert logged(caplog) == [
        "UserRegistered",
        "UserSignedIn",
        "RefreshRotated",
        "SessionEndedBy",
        "RegistrationRefused",
        "SignInRefused",
        "SignInRefused",
    ]


async def refuse_all(service: Service, client: Client) -> None:
    """Register a taken address, and sign in wrongly, as nobody too."""
    email = client.user.email
    body = sign_up_body(service, email=email)
    refused(await service.client().post("/register", json=body), 409, "email_taken")
    for address in (email, some_email()):
        body = {"email": address, "password": "not the password"}
        answer = await service.client().post("/login", json=body)
        refused(answer, 401, "invalid_credentials")


@alone
async def test_the_audit_log_names_users_and_no_secrets(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "audit")
    client = await signed_up(service)
    text = "\n".join(str(vars(record)) for record in caplog.records)
    assert str(client.user.id) in text
    for secret in (PASSWORD, client.user.email, *client.cookies.values()):
        assert secret not in text
