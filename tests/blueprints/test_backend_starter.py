"""What only backend-starter has: its bodies, its cookie, its rules and limits."""

from datetime import timedelta

import jwt
import pytest

from keywright.features.rate_limits.types import Limit
from tests.blueprints.answers import cookies_set, hardened
from tests.blueprints.fixtures import ServiceWith, on
from tests.blueprints.harness import Service
from tests.blueprints.kind import DATABASES
from tests.blueprints.kinds import STARTER, variants
from tests.blueprints.plain import (
    PASSWORD,
    refresh,
    refused,
    sign_up_body,
    signed_up,
    some_address,
)

BLUEPRINTS = (STARTER,)
ALONE = [name for name in variants(STARTER) if not name.endswith("included")]
alone = pytest.mark.parametrize("variant", ALONE[:1])
ACCESS_SECRET = "a4Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"


async def test_a_sign_up_answers_with_an_access_token_and_the_user(
    service: Service,
) -> None:
    body = sign_up_body(service)
    answer = await service.client().post("/signup", json=body)
    user = await service.stores.users.by_email(str(body["email"]))
    assert user is not None
    shown = answer.json()
    assert answer.status_code == 201
    assert shown.keys() == {"accessToken", "user"}
    assert shown["user"] == {
        "id": str(user.id),
        "email": user.email,
        "fullName": "Ada Lovelace",
        "role": "USER",
    }
    hardened(answer)


async def test_a_sign_in_answers_the_same(service: Service) -> None:
    user = (await signed_up(service)).user
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/login", json=body)
    assert answer.status_code == 200
    assert answer.json().keys() == {"accessToken", "user"}
    assert answer.json()["user"].keys() == {"id", "email", "fullName", "role"}


async def test_a_refresh_answers_with_an_access_token_alone(service: Service) -> None:
    client = await signed_up(service)
    assert (await refresh(client)).json().keys() == {"accessToken"}


async def test_a_refresh_token_stands_in_its_cookie_alone(service: Service) -> None:
    client = service.client(x_token_transport="bearer")
    answer = await client.post("/signup", json=sign_up_body(service))
    assert answer.cookies["rt"] not in answer.text
    assert cookies_set(answer)["rt"]["path"] == "/v1/auth"


async def test_me_shows_exactly_the_members_of_the_contract(service: Service) -> None:
    client = await signed_up(service)
    shown = (await client.get("/me")).json()
    assert shown.keys() == {"user"}
    assert shown["user"].keys() == {"id", "email", "fullName", "role", "createdAt"}


async def test_an_access_token_in_a_cookie_is_no_bearer(service: Service) -> None:
    client = await signed_up(service)
    token = client.headers.pop("authorization").removeprefix("Bearer ")
    client.cookies.set("accessToken", token, domain=client.base_url.host, path="/")
    refused(await client.get("/me"), 401, "not_signed_in")


@pytest.mark.parametrize("header", ["Bearer", "Basic x", "Bearer a b", "bad"])
async def test_another_authorization_is_refused(service: Service, header: str) -> None:
    client = service.client(authorization=header)
    refused(await client.get("/me"), 401, "not_signed_in")


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("short 1A!", "10 to 256"),
        ("plum-cabinet 7", "upper-case"),
        ("PLUM-CABINET 7", "lower-case"),
        ("Plum-cabinet x", "digit"),
        ("Plumcabinet7x", "sign"),
    ],
)
async def test_a_password_has_ten_characters_of_all_kinds(
    service: Service, password: str, missing: str
) -> None:
    body = sign_up_body(service, password=password)
    answer = await service.client().post("/signup", json=body)
    refused(answer, 422, "password")
    assert missing in answer.text


@pytest.mark.parametrize(
    ("name", "status"), [("Al", 422), ("Ada", 201), ("a" * 80, 201), ("a" * 81, 422)]
)
async def test_a_full_name_has_3_to_80_characters(
    service: Service, name: str, status: int
) -> None:
    body = sign_up_body(service, fullName=name)
    answer = await service.client().post("/signup", json=body)
    assert answer.status_code == status


@on(*DATABASES)
async def test_health_says_ok(service: Service) -> None:
    answer = await service.client().get(service.root("/health"))
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


@alone
async def test_an_unknown_route_is_said_so_and_nothing_else(service: Service) -> None:
    answer = await service.client().get(service.root("/nope"))
    assert (answer.status_code, answer.json()) == (404, {"message": "Route not found"})
    hardened(answer)


@alone
async def test_another_method_has_the_shape_of_the_contract(service: Service) -> None:
    refused(await service.client().delete("/me"), 405, "method_not_allowed")


@alone
async def test_the_cookie_may_have_another_name(service_with: ServiceWith) -> None:
    service = await service_with(refresh_cookie_name="session-token")
    client = service.client()
    answer = await client.post("/signup", json=sign_up_body(service))
    assert cookies_set(answer).keys() == {"session-token", "device"}
    assert (await client.post("/refresh")).status_code == 200


@alone
async def test_in_production_the_cookie_is_for_https_and_keeps_its_name(
    service_with: ServiceWith,
) -> None:
    service = await service_with(public_url="https://api.example.com")
    answer = await service.client().post("/signup", json=sign_up_body(service))
    cookie = cookies_set(answer)["rt"]
    assert cookie["secure"]
    assert cookie["path"] == "/v1/auth"


@alone
async def test_who_knows_the_access_secret_checks_access_tokens(
    service_with: ServiceWith,
) -> None:
    service = await service_with(jwt_access_secret=ACCESS_SECRET)
    client = await signed_up(service)
    token = client.headers["authorization"].removeprefix("Bearer ")
    origin = service.settings.public_url
    found = jwt.decode(
        token,
        ACCESS_SECRET,
        algorithms=["HS256"],
        audience=origin,
        issuer=origin,
        # The clock of the tests runs ahead of this one.
        options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
    assert (found["sub"], found["role"]) == (str(client.user.id), "USER")
    assert found["exp"] - found["iat"] == 15 * 60


@alone
async def test_a_former_access_secret_still_verifies(
    service_with: ServiceWith,
) -> None:
    service = await service_with(jwt_access_secret=ACCESS_SECRET)
    client = await signed_up(service)
    newer = f"b{ACCESS_SECRET[1:]},{ACCESS_SECRET}"
    rotated = await service_with(jwt_access_secret=newer)
    header = client.headers["authorization"]
    answer = await rotated.client(authorization=header).get("/me")
    assert answer.status_code == 200


@alone
async def test_a_client_sends_120_requests_a_minute(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    client = service.client(address=some_address())
    served = 0
    while (answer := await client.get("/me")).status_code == 401:
        served += 1
    refused(answer, 429, "rate_limited")
    assert served >= 120
    assert service.settings.requests == Limit("all", 120, timedelta(minutes=1))
