"""How often the cheap paths ask a store: a slower path is a failing test."""

import asyncio
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import Pool

from tests.blueprints.fixtures import about, on
from tests.blueprints.harness import Service
from tests.blueprints.keepers import holding, keeper_of, signed_in, use, used_by
from tests.blueprints.kinds import (
    AUTH_SERVICE,
    HYBRID,
    INCLUDED,
    KINDS,
    STARTER,
    STATEFUL,
    STATELESS,
)

BLUEPRINTS = tuple(KINDS)
VARIANTS = ("sqlite", "postgres", "mysql", INCLUDED)
ROTATING = tuple(name for name, kind in KINDS.items() if kind.refresh is not None)
_statements: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@pytest.fixture(scope="module", autouse=True)
def listening() -> Iterator[None]:
    """Hear of every statement; only those of the test's own requests are kept."""

    def keep(*arguments: object) -> None:
        _hear(str(arguments[2]))

    def listen(connection: DBAPIConnection, *_: object) -> None:
        driver = connection.driver_connection
        if hasattr(driver, "add_query_logger"):
            driver.add_query_logger(_hear_of)

    event.listen(Engine, "before_cursor_execute", keep)
    event.listen(Pool, "checkout", listen)
    yield
    event.remove(Engine, "before_cursor_execute", keep)
    event.remove(Pool, "checkout", listen)


async def told(asked: list[str]) -> list[str]:
    """Return *asked* once a driver that tells of it a little later has done so."""
    await asyncio.sleep(0)
    return asked


def _hear(statement: str) -> None:
    heard = _statements.get()
    if heard is not None:
        heard.append(statement.partition(" ")[0].upper())


def _hear_of(record: Any) -> None:  # noqa: ANN401 - a driver's, which copies may lack
    _hear(record.query)


@pytest.fixture
def asked() -> Iterator[list[str]]:
    """Yield what was asked of SQL databases since it was last cleared."""
    statements: list[str] = []
    token = _statements.set(statements)
    yield statements
    _statements.reset(token)


@about(STATELESS)
async def test_a_gateway_of_stateless_auth_costs_no_store_anything(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    assert (await client.get("/verify")).status_code == 204
    assert await told(asked) == []


@about(STATELESS)
@on(INCLUDED)
async def test_a_hosts_route_with_verified_auth_costs_no_store_anything(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    answer = await client.get(service.root("/shop/checked"))
    assert answer.json() == {"user": str(client.user.id)}
    assert await told(asked) == []


@about(HYBRID, STATEFUL)
async def test_a_gateway_costs_one_read(service: Service, asked: list[str]) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    assert (await client.get("/verify")).status_code == 204
    assert await told(asked) == ["SELECT"]


@about(HYBRID, STATEFUL, STATELESS)
@on(INCLUDED)
async def test_a_hosts_route_for_a_signed_in_user_costs_one_read(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    answer = await client.get(service.root("/shop/mine"))
    assert answer.json()["email"] == client.user.email
    assert await told(asked) == ["SELECT"]


@about(AUTH_SERVICE, STARTER)
async def test_showing_a_user_costs_one_read(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    assert (await client.get(service.kind.me)).status_code == 200
    assert await told(asked) == ["SELECT"]


async def test_a_request_of_nobody_costs_no_store_anything(
    service: Service, asked: list[str]
) -> None:
    answer = await service.client(authorization="Bearer x").get(service.kind.me)
    assert answer.status_code == 401
    assert await told(asked) == []


@about(*ROTATING)
async def test_a_refresh_costs_one_read_and_one_write(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    (await told(asked)).clear()
    assert (await used_by(service, client)).status_code == 200
    assert await told(asked) == ["SELECT", "UPDATE"]


@about(*ROTATING)
async def test_a_retry_of_a_refresh_costs_one_read(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    retrying = holding(service, keeper_of(service, client))
    await used_by(service, client)
    (await told(asked)).clear()
    assert (await used_by(service, retrying)).status_code == 200
    assert await told(asked) == ["SELECT"]


@about(*ROTATING)
async def test_a_forged_refresh_token_costs_no_store_anything(
    service: Service, asked: list[str]
) -> None:
    client = await signed_in(service)
    token = keeper_of(service, client)
    (await told(asked)).clear()
    assert (await use(service, f"{token[:-6]}AAAAAA")).status_code == 401
    assert await told(asked) == []
