"""The documented table of who may ask for what from where, on the wire (K1)."""

from itertools import product

import pytest
from httpx2 import AsyncClient

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import BASE, Service
from tests.security.live import live
from tests.security.operations import Operation

ALLOWED = "https://app.example"
EVIL = "https://evil.example"
ORIGINS = ("own", ALLOWED, EVIL, "null", None)
SITES = ("same-origin", "same-site", "cross-site", "none", None)
TYPES = (
    "application/json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)
CREDENTIALS = ("cookie", "bearer", "nothing")
CHANGE = Operation("PATCH", "/profile", {"name": "Grace Hopper"})
REPRESENTATIVE = (
    CHANGE,
    Operation("POST", "/signin", {"email": "x@mail.example", "password": "x"}),
    Operation("POST", "/resend-otp", {"flowId": "A" * 22}),
)


def may_pass(origin: str | None, site: str | None, *, has_cookies: bool) -> bool:
    """Say by the documented table whether a request is let in."""
    is_known = origin in {"own", ALLOWED}
    match site:
        case "same-origin":
            return True
        case "none":
            return not has_cookies
        case None if origin is None:
            return not has_cookies
        case _:
            return is_known


@pytest.fixture
async def open_service(service_with: ServiceWith) -> Service:
    return await service_with(cors_origins=(ALLOWED,))


async def credential(service: Service, kind: str) -> dict[str, str]:
    owner = await service.signed_in(transport="bearer")
    token = owner.tokens["accessToken"]
    known = {
        "cookie": {"cookie": f"accessToken={token}"},
        "bearer": {"authorization": f"Bearer {token}"},
    }
    return known.get(kind, {})


@pytest.mark.attack("K1")
@pytest.mark.asvs("V3.5.1")
@pytest.mark.asvs("V3.5.2")
@pytest.mark.parametrize("kind", CREDENTIALS)
@pytest.mark.parametrize("operation", REPRESENTATIVE, ids=str)
async def test_only_the_documented_cells_pass(
    open_service: Service, operation: Operation, kind: str
) -> None:
    credentials = await credential(open_service, kind)
    wrong = []
    async with live(open_service) as url, AsyncClient(base_url=url) as wire:
        for origin, site, media in product(ORIGINS, SITES, TYPES):
            sent = {"origin": origin, "sec-fetch-site": site, "content-type": media}
            if origin == "own":
                sent["origin"] = open_service.origin
            headers = {name: value for name, value in sent.items() if value is not None}
            answer = await wire.request(
                operation.method,
                f"{BASE}{operation.path}",
                content=b"{}",
                headers={**headers, **credentials},
            )
            expected = 422 if media == "application/json" else 415
            if operation is CHANGE and expected == 422:
                expected = 200 if credentials else 401
            if operation is CHANGE and media.startswith("multipart"):
                expected = 400 if credentials else 401
            if operation.path == "/resend-otp" and expected == 422:
                expected = 400
            if not may_pass(origin, site, has_cookies=kind == "cookie"):
                expected = 403
            if answer.status_code != expected:
                wrong.append((origin, site, media, answer.status_code, expected))

    assert wrong == []
