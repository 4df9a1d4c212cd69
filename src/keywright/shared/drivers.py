"""What differs between SQL databases: drivers, options, errors that are outages."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from types import MappingProxyType
from typing import Final

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InvalidatePoolError,
    OperationalError,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

DEFAULT_DRIVERS: Final = MappingProxyType(
    {
        "sqlite": "aiosqlite",
        "postgresql": "asyncpg",
        "mysql": "asyncmy",
        "mariadb": "asyncmy",
    }
)
DRIVERS: Final = frozenset({*DEFAULT_DRIVERS.items(), ("postgresql", "psycopg")})

RECYCLE_SECONDS: Final = 1800
"""Age at which a connection is replaced: firewalls and servers drop idle ones."""

SQLITE_ERROR: Final = 1
MYSQL_BAD_FIELD: Final = 1054
"""Codes of wrong statements which the drivers call operational, too."""

MYSQL_DEADLOCK: Final = 1213

READ_COMMITTED: Final = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"

STRICT: Final = "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'"
"""A text that is too long is an error, whatever the server's own mode is."""

OUTAGES: Final = frozenset({"08", "40", "53", "57", "58", "25006", "55P03"})
"""SQLSTATEs, or their classes, of a database that cannot answer at the moment.

Connection, deadlock, resources, shutdown, disk; a standby that does not write; a lock
that was not to be had in time.
"""


class DriverMissing(RuntimeError):
    """The URL names a database whose driver is not installed."""


def with_driver(url: str) -> URL:
    """Return *url* with the driver to use; one that it names is kept.

    Raise `DriverMissing`, or ValueError for a database that is not supported. The
    message repeats no part of the URL but its scheme.
    """
    parsed = make_url(url)
    backend, _, driver = parsed.drivername.partition("+")
    driver = driver or DEFAULT_DRIVERS.get(backend, "")
    if (backend, driver) not in DRIVERS:
        raise ValueError(
            f"The database URL begins with {parsed.drivername}://; "
            "use sqlite:///, postgresql:// or mysql://."
        )
    if backend == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise ValueError("The database URL names no file; write sqlite:///path.")
    if find_spec(driver) is None:
        raise DriverMissing(
            f"The database needs a driver that is missing. Install the package "
            f"{driver}."
        )
    return parsed.set(drivername=f"{backend}+{driver}")


def place_of(url: URL) -> str:
    """Return what *url* leads to and where, without user and password."""
    if url.get_backend_name() == "sqlite":
        return f"The database in {url.database}"
    port = f":{url.port}" if url.port else ""
    return f"The database at {url.host}{port}" if url.host else "The database"


def open_engine(
    url: URL, *, pool_size: int, seconds: float, durable: bool
) -> AsyncEngine:
    """Return an engine whose connections are in autocommit; it connects at first use.

    *seconds* limit a connection's making, and how long SQLite waits for its lock.
    """
    driver = url.get_driver_name()
    engine = create_async_engine(
        url,
        connect_args=_connect_args(driver, seconds),
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",
        max_overflow=0,
        pool_pre_ping=driver in {"asyncmy", "psycopg"},
        pool_recycle=RECYCLE_SECONDS,
        pool_reset_on_return=None,
        pool_size=pool_size,
        pool_timeout=seconds,
        poolclass=AsyncAdaptedQueuePool,
        skip_autocommit_rollback=True,
    )
    if driver == "aiosqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite(durable=durable))
    if driver == "asyncpg":
        event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def is_outage(error: DBAPIError) -> bool:
    """Say whether *error* tells of the database's state, not of the statement."""
    if isinstance(error, IntegrityError):
        return False
    if error.connection_invalidated:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return sqlstate in OUTAGES or sqlstate[:2] in OUTAGES
    is_of_value = isinstance(error.orig and error.orig.__cause__, ValueError)
    is_of_statement = _number(error) in {SQLITE_ERROR, MYSQL_BAD_FIELD} or is_of_value
    operational = isinstance(error, InterfaceError | OperationalError)
    return operational and not is_of_statement


def is_deadlock(error: DBAPIError) -> bool:
    """Say whether the whole transaction was undone so that another could go on."""
    sqlstate = getattr(error.orig, "sqlstate", None) or ""
    return sqlstate.startswith("40") or _number(error) == MYSQL_DEADLOCK


def _number(error: DBAPIError) -> object:
    arguments = error.orig.args if error.orig else ()
    first = arguments[0] if arguments else None
    return getattr(error.orig, "sqlite_errorcode", first)


def _connect_args(driver: str, seconds: float) -> dict[str, object]:
    match driver:
        case "aiosqlite" | "asyncpg":
            return {"timeout": seconds}
        case "asyncmy":
            return {
                "connect_timeout": seconds,
                "init_command": READ_COMMITTED,
                "sql_mode": STRICT,
            }
        case _:
            return {"connect_timeout": int(seconds)}


def _set_up_sqlite(*, durable: bool) -> Callable[[DBAPIConnection, object], None]:
    def set_up(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        # The file remembers this. Who finds it locked has met another connection
        # that sets it at this moment.
        with suppress(sqlite3.OperationalError):
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.close()

    return set_up


def _refuse_closed(
    connection: DBAPIConnection, _record: object, _proxy: object
) -> None:
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
