"""Bring a database's tables to a revision, and compare them with the models.

A migration counts all or none, except on MySQL, and holds a lock, so that servers
that start together do not meet.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.schema import SchemaItem

from keywright.migrations.choice import RevisionUnknown, Runner
from keywright.migrations.schema import METADATA, VERSION_TABLE
from keywright.shared.drivers import with_driver
from keywright.shared.sql import Database, Transaction

LIMIT: Final = timedelta(minutes=10)
"""How long one statement may take; tables can be large."""

LOCK: Final = 0x6B6579777269
"""Names the lock on PostgreSQL."""

UTF8_OF_MYSQL: Final = "CHARACTER SET utf8mb4"
"""What its tables are made in; a server's own default may know fewer characters."""

POSTGRES_THERE: Final = "42P04"
MYSQL_THERE: Final = 1007
"""What PostgreSQL and MySQL say of a database that exists already."""

_turns: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]] = (
    WeakKeyDictionary()
)


def head() -> str:
    """Return the newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise LookupError("there are no revisions")
    return newest


def as_sql(backend: str) -> str:
    """Return the statements of all revisions for *backend*, such as `postgresql`."""
    buffer = StringIO()
    config = _config(output=buffer)
    config.attributes["backend"] = backend
    command.upgrade(config, "head", sql=True)
    return buffer.getvalue()


async def migrate(url: str) -> None:
    """Bring the tables to the newest revision; without need nothing happens."""
    async with _alone(url) as tx:
        await tx.call(_upgrade)


async def revert(url: str, revision: str) -> None:
    """Bring the tables back to *revision*, or to none at all with `base`."""
    try:
        async with _alone(url) as tx:
            await tx.call(_downgrade, revision)
    except CommandError as error:
        raise RevisionUnknown(revision) from error


async def current(url: str) -> str | None:
    """Return the revision that the tables have, or None without any."""
    async with _open(url) as db, db.transaction() as tx:
        return await tx.call(_revision)


async def check(url: str) -> Sequence[str]:
    """Return how the tables differ from the newest revision and from the models."""
    async with _open(url) as db, db.transaction() as tx:
        revision = await tx.call(_revision)
        differences = await tx.call(_differences)
    if revision != head():
        return [f"revision: {revision}, expected {head()}", *differences]
    return differences


async def create(url: str) -> None:
    """Create the database, empty; one that is there already stays as it is."""
    parsed = with_driver(url)
    if parsed.get_backend_name() == "sqlite":
        _file(parsed).parent.mkdir(parents=True, exist_ok=True)
        return
    is_postgres = parsed.get_backend_name() == "postgresql"
    encoding = "" if is_postgres else UTF8_OF_MYSQL
    async with _server(parsed) as (db, name):
        try:
            await db.run(text(f"CREATE DATABASE {name} {encoding}"))
        except ProgrammingError as error:
            if not _is_there(error):
                raise


async def drop(url: str) -> None:
    """Delete the database with all it holds; without one nothing happens."""
    parsed = with_driver(url)
    if parsed.get_backend_name() == "sqlite":
        file = _file(parsed)
        for path in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            path.unlink(missing_ok=True)
        return
    async with _server(parsed) as (db, name):
        await db.run(text(f"DROP DATABASE IF EXISTS {name}"))


def _config(output: StringIO | None = None) -> Config:
    config = Config(output_buffer=output) if output else Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


@asynccontextmanager
async def _open(url: str) -> AsyncGenerator[Database, None]:
    db = Database(url, pool_size=1, limit=LIMIT)
    try:
        yield db
    finally:
        await db.close()


@asynccontextmanager
async def _alone(url: str) -> AsyncGenerator[Transaction, None]:
    # Alembic keeps the running migration in a global variable.
    turn = _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    async with turn, _open(url) as db, db.transaction() as tx:
        await tx.call(_lock)
        yield tx


@asynccontextmanager
async def _server(url: URL) -> AsyncGenerator[tuple[Database, str], None]:
    is_postgres = url.get_backend_name() == "postgresql"
    of_server = url.set(database="postgres" if is_postgres else "")
    name = url.get_dialect()().identifier_preparer.quote_identifier(url.database or "")
    async with _open(of_server.render_as_string(hide_password=False)) as db:
        yield db, name


def _lock(connection: Connection) -> None:
    match connection.dialect.name:
        case "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
            connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        case "mysql" | "mariadb":
            connection.execute(text(f"SELECT GET_LOCK('{LOCK}', 60)"))


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _downgrade(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def _context(connection: Connection) -> MigrationContext:
    options = {"version_table": VERSION_TABLE, "include_object": _is_ours}
    return MigrationContext.configure(connection, opts=options)


def _revision(connection: Connection) -> str | None:
    return _context(connection).get_current_revision()


def _differences(connection: Connection) -> Sequence[str]:
    differences = compare_metadata(_context(connection), METADATA)
    return [_readable(difference) for difference in differences]


def _readable(difference: Sequence[object]) -> str:
    if isinstance(difference, list):
        return "; ".join(_readable(one) for one in difference)
    kind, *about = difference
    named = [getattr(one, "name", one) for one in about if not isinstance(one, dict)]
    return f"{kind}: {', '.join(str(one) for one in named if one is not None)}"


def _is_ours(_found: SchemaItem, _name: str | None, kind: str, *origin: object) -> bool:
    is_reflected, counterpart = origin
    return kind != "table" or not is_reflected or counterpart is not None


def _file(url: URL) -> Path:
    return Path(url.database or "")


def _is_there(error: ProgrammingError) -> bool:
    sqlstate = getattr(error.orig, "sqlstate", None)
    number = error.orig.args[0] if error.orig else None
    return sqlstate == POSTGRES_THERE or number == MYSQL_THERE


tables_runner: Final = Runner(
    head=head,
    create=create,
    drop=drop,
    migrate=migrate,
    revert=revert,
    current=current,
    check=check,
)
