"""Routes that an owner adds to the service, as a generated application has them."""

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import Depends, HTTPException
from httpx2 import ASGITransport, AsyncClient
from starlette.responses import PlainTextResponse

from keywright.features.sessions.dependencies import CurrentUser, require_role
from keywright.features.users.types import User
from tests.blueprints.answers import hardened, refused
from tests.blueprints.harness import Service

VARIANTS = ("sqlite",)


class ShopClosed(Exception):
    """The owner's own refusal."""


async def mine(user: CurrentUser) -> str:
    return user.email


async def office(admin: Annotated[User, Depends(require_role("admin"))]) -> str:
    return admin.email


async def closed() -> None:
    raise ShopClosed


async def taken() -> None:
    raise HTTPException(409, "taken", {"X-Taken": "1"})


async def lost() -> None:
    raise HTTPException(404, "no such order")


@pytest.fixture(params=["/own", "/{shop}"])
async def client(
    request: pytest.FixtureRequest, service: Service
) -> AsyncIterator[AsyncClient]:
    """Return a stranger; the owner's routes have fixed paths, or a parameter."""
    app = service.kind.create_app(service.settings, mailer=service.mails)
    for endpoint in (mine, office, closed, taken, lost):
        app.get(f"{request.param}/{endpoint.__name__}")(endpoint)
    app.add_exception_handler(ShopClosed, lambda *_: PlainTextResponse("closed", 418))
    transport = ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=transport, base_url="http://127.0.0.1:9000") as client,
    ):
        yield client


@pytest.mark.parametrize("name", ["mine", "office"])
async def test_a_guard_refuses_strangers(client: AsyncClient, name: str) -> None:
    answer = await client.get(f"/own/{name}")
    assert answer.status_code == 401
    assert answer.json()["detail"]["code"] == "not_signed_in"
    hardened(answer)


async def test_an_http_exception_is_answered_as_it_says(client: AsyncClient) -> None:
    answer = await client.get("/own/taken")
    assert (answer.status_code, answer.json()) == (409, {"detail": "taken"})
    assert answer.headers["x-taken"] == "1"
    assert (await client.get("/own/lost")).json() == {"detail": "no such order"}


async def test_the_owners_handlers_answer(client: AsyncClient) -> None:
    assert (await client.get("/own/closed")).status_code == 418


async def test_what_no_route_answers_keeps_its_form(client: AsyncClient) -> None:
    refused(await client.get("/own/not/there"), 404, "not_found")
