import httpx2
from fastapi import FastAPI

from keywright.shared.documentation import POLICY, add_documentation


async def test_the_page_loads_the_description_under_its_own_policy() -> None:
    app = FastAPI(docs_url=None)
    add_documentation(app, "/docs", openapi="/openapi.json", title="Shop")
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.get("/docs")

    assert "/openapi.json" in answer.text
    assert answer.headers["content-security-policy"] == POLICY


async def test_without_the_internet_the_page_says_what_is_missing() -> None:
    app = FastAPI(docs_url=None)
    add_documentation(app, "/docs", openapi="/openapi.json", title="Shop")
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        page = (await client.get("/docs")).text

    told = page.partition('<div id="swagger-ui">')[2].partition("</div>")[0]
    assert "without the internet" in told
    assert 'href="/openapi.json"' in told
