import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pymongo import ASCENDING

from keywright.blueprints.hybrid_auth.collections import EVERY as HYBRIDS
from keywright.blueprints.stateful_auth.collections import EVERY as STATEFULS
from keywright.features.outbox.documents import LETTERS
from keywright.features.users.documents import USERS
from keywright.migrations import mongo_runner as runner
from keywright.migrations.choice import RevisionUnknown, runner_of
from keywright.migrations.collections import EVERY
from keywright.shared.mongo import MongoDatabase
from tests.servers import mongo_url

MIGRATE = (
    "import asyncio, sys; from keywright.migrations.mongo_runner import migrate;"
    "asyncio.run(migrate(sys.argv[1]))"
)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Return the address of a database that is not there."""
    url = mongo_url("_migrated")
    await runner.drop(url)
    yield url
    await runner.drop(url)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[MongoDatabase]:
    database = MongoDatabase(url)
    yield database
    await database.close()


async def collections(url: str) -> set[str]:
    """Return the names of the collections at *url*."""
    async with opened(url) as db:
        return set(await db.run(db.database.list_collection_names()))


async def test_an_empty_database_becomes_what_is_defined(url: str) -> None:
    await runner.migrate(url)
    assert await runner.check(url) == []
    assert await runner.current(url) == runner.head()
    assert await collections(url) == {
        *(one.name for one in EVERY),
        runner.REVISION.name,
    }


async def test_migrating_again_changes_nothing(url: str) -> None:
    await runner.migrate(url)
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_all_can_be_reverted_and_made_again(url: str) -> None:
    await runner.migrate(url)
    await runner.revert(url, "base")
    assert await collections(url) == set()
    assert await runner.current(url) is None
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_only_the_beginning_can_be_gone_back_to(url: str) -> None:
    with pytest.raises(RevisionUnknown):
        await runner.revert(url, "0001")


async def test_of_an_empty_database_everything_differs(url: str) -> None:
    found = await runner.check(url)
    assert found[0] == f"revision: None, expected {runner.head()}"
    assert "add_collection: users" in found


async def test_a_missing_index_is_a_difference(url: str) -> None:
    await runner.migrate(url)
    async with opened(url) as db:
        await db.run(db.collection(USERS).drop_index("uq_users_email"))
    assert await runner.check(url) == ["add_index: uq_users_email"]


async def test_an_index_that_lost_its_uniqueness_is_made_anew(url: str) -> None:
    await runner.migrate(url)
    async with opened(url) as db:
        users = db.collection(USERS)
        await db.run(users.drop_index("uq_users_email"))
        await db.run(users.create_index("email", name="uq_users_email"))
    assert await runner.check(url) == ["modify_index: uq_users_email"]
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_another_validator_is_a_difference(url: str) -> None:
    await runner.migrate(url)
    async with opened(url) as db:
        name = LETTERS.name
        await db.run(db.database.command("collMod", name, validationLevel="off"))
    assert await runner.check(url) == ["modify_validator: outbox"]
    await runner.migrate(url)
    assert await runner.check(url) == []


async def test_collections_of_the_application_are_no_difference(url: str) -> None:
    await runner.migrate(url)
    async with opened(url) as db:
        await db.run(db.database.create_collection("orders"))
        index = [("name", ASCENDING)]
        await db.run(db.collection(USERS).create_index(index, name="mine"))
    assert await runner.check(url) == []
    await runner.migrate(url)
    assert "orders" in await collections(url)


async def test_servers_that_start_together_do_not_meet(url: str) -> None:
    servers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, url)
        for _ in range(3)
    ]
    assert [await server.wait() for server in servers] == [0, 0, 0]
    assert await runner.check(url) == []


async def test_a_database_is_created_and_dropped_once(url: str) -> None:
    await runner.create(url)
    await runner.create(url)
    await runner.drop(url)
    await runner.drop(url)
    assert await runner.current(url) is None


@pytest.mark.parametrize("scheme", ["mongodb", "mongodb+srv", "MONGODB"])
def test_the_address_chooses_who_migrates(scheme: str) -> None:
    assert runner_of(f"{scheme}://host/auth").head() == runner.head()


def test_blueprints_together_know_all_collections() -> None:
    known = {one.name for one in (*HYBRIDS, *STATEFULS)}
    assert known == {one.name for one in EVERY}
