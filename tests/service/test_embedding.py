"""An application that includes the router is told that its database is not ready."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fastapi import FastAPI

from keywright import Settings, create_router
from keywright.migrations.choice import runner_of
from keywright.migrations.schema import VERSION_TABLE
from keywright.service.failures import Failure
from tests.service.processes import SECRET


def host(url: str) -> FastAPI:
    app = FastAPI()
    settings = Settings.model_validate({"database_url": url, "secret": SECRET})
    app.include_router(create_router(settings))
    return app


async def refusal(app: FastAPI) -> str:
    with pytest.raises(Failure) as refused:
        async with app.router.lifespan_context(app):
            pass
    return str(refused.value)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


async def test_a_database_without_tables_is_told_with_the_next_command(
    url: str,
) -> None:
    assert await refusal(host(url)) == (
        "The database has no tables yet, this version needs 0001. "
        "Run: keywright db migrate"
    )


async def test_tables_of_another_version_are_told_with_the_next_command(
    url: str,
) -> None:
    await runner_of(url).migrate(url)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as tables, tables:
        tables.execute(
            f"UPDATE {VERSION_TABLE} SET version_num = '0000'"  # noqa: S608 - a constant
        )

    told = await refusal(host(url))
    assert told.startswith("The database schema is at 0000, this version needs 0001.")
    assert told.endswith("Run: keywright db migrate")


async def test_with_its_tables_the_application_starts(url: str) -> None:
    await runner_of(url).migrate(url)
    app = host(url)
    async with app.router.lifespan_context(app):
        assert app.state.auth is not None
