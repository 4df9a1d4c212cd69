"""What machines ask: GET verify, the key set, and health."""

import json
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import jwt
import pytest
from httpx2 import Response

from keywright.blueprints.foundation.gateways import ANY_METHOD
from keywright.blueprints.foundation.web import own_version
from keywright.features.users.types import UserChanges
from tests.blueprints.answers import hardened, refused, shown
from tests.blueprints.fixtures import ServiceWith, about, on
from tests.blueprints.harness import Client, Service, sign_up_body, some_email
from tests.blueprints.kinds import HYBRID, INCLUDED, STATEFUL, STATELESS

BLUEPRINTS = (HYBRID, STATEFUL)
ALL_THREE = (HYBRID, STATEFUL, STATELESS)

JWKS = "/.well-known/jwks.json"
DETAILED = "/api/v1/health/detailed"
NOWHERE = "redis://127.0.0.1:1/0"


async def test_a_gateway_is_told_who_it_is_without_a_body(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.get("/verify")
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["x-user-id"] == str(client.user.id)
    assert answer.headers["x-user-role"] == "user"
    (session,) = shown(await client.get("/sessions"))["sessions"]
    assert answer.headers["x-session-id"] == session["id"]
    assert answer.headers["cache-control"] == "no-store"


@about(*ALL_THREE)
async def test_a_gateway_may_present_a_bearer_token(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    assert (await client.get("/verify")).status_code == 204


@about(*ALL_THREE)
async def test_a_gateway_is_told_401_for_nobody(service: Service) -> None:
    refused(await service.client().get("/verify"), 401, "not_signed_in")


async def test_a_gateway_sees_the_end_of_a_session_at_once(service: Service) -> None:
    client = await service.signed_in()
    other = await service.signed_in(user=client.user)
    shown(await other.delete("/sessions"))
    refused(await client.get("/verify"), 401, "session_ended")


async def test_a_gateway_sees_a_new_role_at_once(service: Service) -> None:
    client = await service.signed_in()
    changes = UserChanges(role="admin")
    await service.stores.users.update(client.user.id, changes, now=service.now())
    assert (await client.get("/verify")).headers["x-user-role"] == "admin"


@about(*ALL_THREE)
async def test_a_gateways_answers_have_the_headers_of_all_answers(
    service: Service,
) -> None:
    client = await service.signed_in()
    hardened(await client.get("/verify"))


def envoy(service: Service, client: Client | None = None) -> Client:
    """Return Envoy, which asks about a request of *client*."""
    asking = service.client(origin=None, x_gateway="envoy")
    asking.hold(dict(client.cookies) if client else {})
    return asking


@about(*ALL_THREE)
@on("sqlite", INCLUDED)
async def test_envoy_asks_with_any_method_and_path_and_is_told_200(
    service: Service,
) -> None:
    client = await service.signed_in()
    paths = ("/verify/", "/verify/orders/7?a=b", "/verify//x.css", "/verify/%2e")
    for method, path in product(ANY_METHOD, paths):
        answer = await envoy(service, client).request(method, path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-length"] == "0"
        assert answer.headers["x-user-id"] == str(client.user.id)
        assert answer.headers["x-user-role"] == "user"
        assert answer.headers["x-session-id"]
        hardened(answer)


@about(*ALL_THREE)
@on("sqlite", INCLUDED)
async def test_envoy_is_told_401_for_nobody(service: Service) -> None:
    for method in {*ANY_METHOD} - {"HEAD"}:
        answer = await envoy(service).request(method, "/verify/orders")
        refused(answer, 401, "not_signed_in")


@on("sqlite", INCLUDED)
async def test_envoy_sees_the_end_of_a_session_at_once(service: Service) -> None:
    client = await service.signed_in()
    asking = envoy(service, client)
    shown(await client.post("/logout"))
    refused(await asking.post("/verify/orders"), 401, "session_ended")


@about(*ALL_THREE)
@on("sqlite", INCLUDED)
async def test_what_is_not_named_envoy_finds_nothing_there(service: Service) -> None:
    client = await service.signed_in()
    for headers in ({}, {"x-gateway": "nginx"}):
        answer = await client.get("/verify/logo.png", headers=headers)
        refused(answer, 404, "not_found")
        assert "x-user-id" not in answer.headers


@about(HYBRID, STATELESS)
async def test_the_key_set_is_public_and_may_be_kept(service: Service) -> None:
    answer = await service.client().get(service.root(JWKS))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for key in answer.json()["keys"]:
        assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
        assert key["alg"] == "ES256"


@pytest.mark.asvs("V11.6.1")
@about(HYBRID, STATELESS)
async def test_another_library_verifies_an_access_token_by_the_key_set(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    claims = verified(
        await service.client().get(service.root(JWKS)),
        client.tokens["accessToken"],
        service.settings.public_url,
    )
    assert claims["sub"] == str(client.user.id)
    assert claims["role"] == "user"
    assert claims["exp"] - claims["iat"] == 900
    assert abs(claims["iat"] - service.now().timestamp()) < 30
    assert claims.keys() == {
        "iss",
        "aud",
        "sub",
        "sid",
        "jti",
        "iat",
        "nbf",
        "exp",
        "auth_time",
        "amr",
        "role",
        "epoch",
    }


def verified(answer: Response, token: str, issuer: str) -> dict[str, Any]:
    """Return the claims as PyJWT reads them; the clock of the test is another."""
    header = jwt.get_unverified_header(token)
    assert header.keys() == {"alg", "kid", "typ"}
    assert header["typ"] == "at+jwt"
    keys = {key["kid"]: key for key in answer.json()["keys"]}
    claims = jwt.decode(
        token,
        jwt.PyJWK.from_json(json.dumps(keys[header["kid"]])),
        algorithms=["ES256"],
        audience=issuer,
        issuer=issuer,
        options={"verify_exp": False, "verify_nbf": False, "verify_iat": False},
    )
    assert isinstance(claims, dict)
    return claims


@about(*ALL_THREE)
async def test_health_shows_status_time_and_uptime(service: Service) -> None:
    for path in ("/api/v1/health", "/api/v1/health/"):
        data = shown(await service.client().get(service.root(path)))
        assert data.keys() == {"status", "timestamp", "uptime"}
        assert data["status"] == "ok"
        shown_at = datetime.fromisoformat(data["timestamp"])
        assert abs(shown_at - service.now()) < timedelta(seconds=30)
        assert data["uptime"] >= 0


@about(*ALL_THREE)
async def test_the_details_show_every_part(service: Service) -> None:
    await service.drain()
    data = shown(await service.client().get(service.root(DETAILED)))
    expected = {"database", "mail"}
    if service.redis_url is not None:
        expected.add("redis")
    assert expected <= data["parts"].keys()
    for part in data["parts"].values():
        assert part["status"] == "up"
        assert part["latencyMs"] >= 0
    assert data["version"] == own_version()
    assert data["environment"] == "test"
    assert data["peakMemoryMb"] > 0


@about(*ALL_THREE)
async def test_the_details_show_mail_that_does_not_leave(service: Service) -> None:
    client = service.client()
    await service.drain()
    await client.post("/signup", json=sign_up_body(some_email()))
    await service.clock.advance(timedelta(minutes=3))

    data = shown(await client.get(service.root(DETAILED)))

    assert data["status"] == "degraded"
    assert data["parts"]["mail"]["status"] == "down"
    assert data["parts"]["database"]["status"] == "up"


@on("sqlite")
async def test_while_a_part_is_down_the_details_are_a_503(
    service_with: ServiceWith,
) -> None:
    service = await service_with(redis_url=NOWHERE, redis_durability="relaxed")
    answer = await service.client().get(service.root(DETAILED))
    body = refused(answer, 503, "store_unavailable")
    assert body["data"]["status"] == "down"
    assert body["data"]["parts"]["redis"]["status"] == "down"
    assert body["data"]["parts"]["database"]["status"] == "up"


@on("sqlite")
async def test_while_a_part_is_down_the_process_lives_but_is_not_ready(
    service_with: ServiceWith,
) -> None:
    service = await service_with(redis_url=NOWHERE, redis_durability="relaxed")
    alive = await service.client().get(service.root("/livez"))
    ready = await service.client().get(service.root("/readyz"))
    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.headers["retry-after"]


@on("sqlite", "postgres", "postgres+redis")
async def test_a_whole_service_is_alive_and_ready(service: Service) -> None:
    both = ("/livez", "/readyz")
    for path in (*both, *(f"/api/v1/health{one}" for one in both)):
        answer = await service.client().get(service.root(path))
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok"}
