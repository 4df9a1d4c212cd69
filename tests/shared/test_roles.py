from dataclasses import dataclass
from typing import Annotated

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request

from keywright.shared.roles import guard_of


@dataclass(frozen=True, slots=True)
class Person:
    role: str


async def current(request: Request) -> Person:
    return Person(request.headers["x-role"])


require_role = guard_of(current)


def application() -> FastAPI:
    app = FastAPI()

    @app.get("/staff")
    async def staff(
        person: Annotated[Person, Depends(require_role("admin", "editor"))],
    ) -> str:
        return person.role

    return app


async def status(role: str) -> int:
    """Return what the staff's route answers to somebody with *role*."""
    transport = httpx2.ASGITransport(application())
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as client:
        return (await client.get("/staff", headers={"x-role": role})).status_code


@pytest.mark.parametrize("role", ["admin", "editor"])
async def test_each_named_role_is_let_in(role: str) -> None:
    assert await status(role) == 200


@pytest.mark.attack
@pytest.mark.parametrize("role", ["user", "Admin", "admin ", ""])
async def test_any_other_is_refused(role: str) -> None:
    assert await status(role) == 403
