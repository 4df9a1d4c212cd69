import httpx2
import pytest
from fastapi import FastAPI

from keywright.shared.cors import allow_origins

PAGE = "https://shop.example"


async def allowed(origin: str) -> str | None:
    """Return the origin that an application for `PAGE` lets in, asked by *origin*."""
    app = FastAPI()
    allow_origins(app, [PAGE])
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        answer = await client.options(
            "/", headers={"Origin": origin, "Access-Control-Request-Method": "PUT"}
        )
    found: str | None = answer.headers.get("access-control-allow-origin")
    return found


async def test_a_named_origin_is_let_in() -> None:
    assert await allowed(PAGE) == PAGE


@pytest.mark.attack
@pytest.mark.parametrize(
    "origin",
    ["null", "https://shop.example.evil", "http://shop.example", f"{PAGE}:444"],
)
async def test_an_origin_that_only_resembles_it_is_not(origin: str) -> None:
    assert await allowed(origin) is None


@pytest.mark.parametrize("origin", ["*", "null"])
def test_everybody_cannot_be_let_in(origin: str) -> None:
    with pytest.raises(ValueError, match="name each origin"):
        allow_origins(FastAPI(), [PAGE, origin])
