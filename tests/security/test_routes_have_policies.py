"""A new route says who may use it, or this suite fails (I8)."""

from collections.abc import Iterator
from typing import Literal

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.galleries import OPERATIONS as PICTURES
from tests.blueprints.harness import BASE, Service
from tests.blueprints.providers import OPERATIONS as PROVIDERS

PRODUCTION: dict[str, object] = {
    "env": "production",
    "public_url": "https://auth.example",
    "rate_limits": "on",
    "operator_token": "Zq4vT8nK2xW7bR5mY9cL3hJ6dF1gP0sA",
    "test_clock": None,
}
Who = Literal["public", "user", "operator"]
OF_PARTS: dict[tuple[str, str], Who] = {
    ("DELETE", f"{BASE}/profile/avatar"): "user",
    ("GET", f"{BASE}/avatars/{{name}}"): "public",
    ("GET", "/api/auth/providers"): "public",
    ("GET", "/api/auth/{provider}"): "public",
    ("GET", "/api/auth/{provider}/callback"): "public",
    ("POST", "/api/auth/{provider}/callback"): "public",
    ("POST", "/api/auth/{provider}/link"): "user",
    ("DELETE", "/api/auth/{provider}/link"): "user",
    ("POST", "/api/auth/{provider}/id-token"): "public",
}
THERE = {(method.upper(), path) for method, path in (*PICTURES, *PROVIDERS)}
POLICIES: dict[tuple[str, str], Who] = {
    **{route: who for route, who in OF_PARTS.items() if route in THERE},
    ("POST", f"{BASE}/signup"): "public",
    ("POST", f"{BASE}/verify-user"): "public",
    ("POST", f"{BASE}/resend-otp"): "public",
    ("POST", f"{BASE}/signin"): "public",
    ("POST", f"{BASE}/refresh-token"): "public",
    ("POST", f"{BASE}/logout"): "public",
    ("POST", f"{BASE}/forgot-password"): "public",
    ("POST", f"{BASE}/verify-reset-otp"): "public",
    ("POST", f"{BASE}/reset-password"): "public",
    ("PUT", f"{BASE}/account/reactivate"): "public",
    ("GET", f"{BASE}/verify"): "user",
    **{
        (method, f"{BASE}/verify/{{path:path}}"): "user"
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    },
    ("GET", f"{BASE}/profile"): "user",
    ("PATCH", f"{BASE}/profile"): "user",
    ("GET", f"{BASE}/sessions"): "user",
    ("DELETE", f"{BASE}/sessions"): "user",
    ("DELETE", f"{BASE}/sessions/{{sessionId}}"): "user",
    ("POST", f"{BASE}/change-password"): "user",
    ("POST", f"{BASE}/account/request-delete"): "user",
    ("DELETE", f"{BASE}/account/delete"): "user",
    ("GET", "/api/v1/health"): "public",
    ("GET", "/api/v1/health/"): "public",
    ("GET", "/api/v1/health/detailed"): "operator",
    ("GET", "/api/v1/health/livez"): "public",
    ("GET", "/api/v1/health/readyz"): "public",
    ("GET", "/livez"): "public",
    ("GET", "/readyz"): "public",
    ("GET", "/.well-known/jwks.json"): "public",
    ("GET", "/.well-known/ended-sessions"): "public",
    ("GET", "/api/openapi.json"): "public",
    ("GET", "/api/docs"): "public",
}


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield method and path of every route of *app*, however deep it lies."""
    for route in iter_route_contexts(app.router.routes):
        for method in (route.methods or {"ANY"}) - {"HEAD"}:
            yield method, str(route.path)


@pytest.mark.attack("I8")
@pytest.mark.asvs("V8.1.1")
@pytest.mark.asvs("V8.3.1")
async def test_every_route_has_a_policy(service: Service) -> None:
    assert set(routes_of(service.app)) == set(POLICIES)


@pytest.mark.attack("I8")
@pytest.mark.asvs("V8.3.1")
async def test_every_documented_operation_has_a_policy(service: Service) -> None:
    documented = {
        (method.upper(), path)
        for path, operations in service.app.openapi()["paths"].items()
        for method in operations
    }

    assert documented <= POLICIES.keys()


@pytest.mark.attack("I8")
@pytest.mark.asvs("V8.3.1")
@pytest.mark.asvs("V8.2.1")
async def test_every_route_is_as_open_as_its_policy_says(service: Service) -> None:
    nobody = service.client(x_gateway="envoy")
    for (method, template), who in POLICIES.items():
        known = template.replace("{sessionId}", "0" * 32)
        path = service.root(known.replace("{provider}", "google"))
        answer = await nobody.request(method, path)
        code = answer.json().get("code") if answer.status_code == 401 else None
        assert (code == "not_signed_in") is (who == "user"), f"{method} {path}"


@pytest.mark.attack("I8")
@pytest.mark.asvs("V13.4.5")
@pytest.mark.asvs("V8.2.1")
async def test_production_shows_details_to_operators_only(
    service_with: ServiceWith,
) -> None:
    service = await service_with(**PRODUCTION)
    path = service.root("/api/v1/health/detailed")
    user = await service.signed_in()
    admin = await service.signed_in(user=await service.user(role="admin"))
    token = str(PRODUCTION["operator_token"])
    answers = [
        await service.client().get(path),
        await user.get(path),
        await service.client(authorization=f"Bearer {token}x").get(path),
        await service.client(authorization=f"Bearer {token}").get(path),
        await admin.get(path),
    ]

    assert [answer.status_code for answer in answers] == [401, 403, 401, 200, 200]


@pytest.mark.attack("I8")
@pytest.mark.asvs("V13.4.2")
@pytest.mark.asvs("V13.4.5")
@pytest.mark.parametrize(
    "path",
    ["/api/docs", "/api/openapi.json", "/docs", "/redoc", "/openapi.json", "/dev/mail"],
)
async def test_production_serves_no_documentation(
    service_with: ServiceWith, path: str
) -> None:
    service = await service_with(**PRODUCTION)

    answer = await service.client().get(service.root(path))

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
