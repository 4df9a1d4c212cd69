"""Pages of other origins read nothing (K4)."""

import pytest

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service

ALLOWED = "https://app.example"
STRANGERS = (
    "https://evil.example",
    "null",
    "https://app.example.evil.example",
    "https://evilapp.example",
    "https://evil.example/app.example",
    "http://app.example",
    "https://app.example:8443",
    "https://APP.EXAMPLE",
    "https://app.example.",
    "https://sub.app.example",
    "https://app.example%00.evil.example",
    "https://app.example, https://evil.example",
    "*",
    "",
)
PATHS = ("/profile", "/signin", "/nothing", "/verify")


@pytest.fixture
async def open_service(service_with: ServiceWith) -> Service:
    return await service_with(cors_origins=(ALLOWED,))


@pytest.mark.attack("K4")
@pytest.mark.asvs("V3.4.2")
@pytest.mark.parametrize("origin", STRANGERS)
async def test_another_origin_is_shown_nothing(
    open_service: Service, origin: str
) -> None:
    client = open_service.client(origin=origin)
    asked = {
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    for path in PATHS:
        for answer in (
            await client.get(path),
            await client.post(path, json={}),
            await client.options(path, headers=asked),
        ):
            assert "access-control-allow-origin" not in answer.headers
            assert "origin" in answer.headers["vary"].lower()


@pytest.mark.attack("K4")
@pytest.mark.asvs("V3.4.2")
async def test_a_listed_origin_is_named_exactly(open_service: Service) -> None:
    client = open_service.client(origin=ALLOWED)
    for answer in (await client.get("/profile"), await client.post("/signin", json={})):
        assert answer.headers["access-control-allow-origin"] == ALLOWED
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "origin" in answer.headers["vary"].lower()


@pytest.mark.attack("K4")
async def test_a_preflight_allows_no_more_than_is_needed(
    open_service: Service,
) -> None:
    client = open_service.client(origin=ALLOWED)
    asked = {"access-control-request-method": "POST"}
    answer = await client.options("/signin", headers=asked)
    forbidden = await client.options(
        "/signin", headers={**asked, "access-control-request-headers": "x-evil"}
    )
    method = await client.options(
        "/signin", headers={"access-control-request-method": "TRACE"}
    )

    assert answer.headers["access-control-allow-origin"] == ALLOWED
    assert "*" not in answer.headers["access-control-allow-methods"]
    assert "*" not in answer.headers.get("access-control-allow-headers", "")
    assert forbidden.status_code == 400
    assert method.status_code in {400, 405}


@pytest.mark.attack("K4")
async def test_without_a_list_no_origin_is_shown_anything(service: Service) -> None:
    for origin in (ALLOWED, service.origin, "null"):
        answer = await service.client(origin=origin).get("/profile")
        assert "access-control-allow-origin" not in answer.headers
