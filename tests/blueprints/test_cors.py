"""Which pages may call from another origin, and read the answer."""

import pytest

from tests.blueprints.answers import hardened
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Service

VARIANTS = ("sqlite",)
SHOP = "https://shop.example"
ASKED = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type,x-token-transport",
}


@pytest.fixture
async def with_pages(service_with: ServiceWith) -> Service:
    return await service_with(
        client_url=f"{SHOP}/app", cors_origins="https://admin.shop.example"
    )


@pytest.mark.parametrize("origin", [SHOP, "https://admin.shop.example"])
async def test_a_listed_page_may_call_with_cookies(
    with_pages: Service, origin: str
) -> None:
    client = with_pages.client(origin=origin)
    answer = await client.options("/signin", headers=ASKED)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "POST" in answer.headers["access-control-allow-methods"]
    hardened(answer)


async def test_a_listed_page_may_read_the_answer(with_pages: Service) -> None:
    answer = await with_pages.client(origin=SHOP).get("/profile")
    assert answer.headers["access-control-allow-origin"] == SHOP
    exposed = answer.headers["access-control-expose-headers"].lower()
    for header in ("retry-after", "x-request-id", "ratelimit-policy"):
        assert header in exposed


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://shop.example.evil.example",
        "https://evilshop.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://SHOP.example",
        "https://shop.example/",
    ],
)
async def test_no_other_page_may_read_anything(
    with_pages: Service, origin: str
) -> None:
    client = with_pages.client(origin=origin)
    for answer in (
        await client.options("/signin", headers=ASKED),
        await client.get("/profile"),
    ):
        assert "access-control-allow-origin" not in answer.headers
        assert "origin" in answer.headers["vary"].lower()


async def test_without_pages_nobody_may_call_from_another_origin(
    service: Service,
) -> None:
    client = service.client(origin=SHOP)
    answer = await client.options("/signin", headers=ASKED)
    assert not any(name.startswith("access-control") for name in answer.headers)
    answer = await client.get("/profile")
    assert not any(name.startswith("access-control") for name in answer.headers)
