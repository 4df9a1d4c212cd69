"""SQL databases: statements with a time limit, alone or in a transaction.

Every connection is in autocommit. A single statement costs one round trip; what needs
several stands in `Database.transaction`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from datetime import datetime, timedelta
from types import MappingProxyType, TracebackType
from typing import Final, TypeVar, TypeVarTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    RowMapping,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.util import greenlet_spawn

from keywright.shared.clock import utc_now
from keywright.shared.drivers import is_deadlock, is_outage, open_engine, with_driver
from keywright.shared.errors import StoreUnavailable
from keywright.shared.tables import Base, UtcDateTime
from keywright.shared.time_limit import TimeLimit

__all__ = ["Base", "Database", "Deadlocked", "Transaction", "Values"]

TIME_LIMIT: Final = timedelta(seconds=5)
CLEANUP_SHARE: Final = 0.1
PURGED_AT_ONCE: Final = 1000
PING: Final = select(literal(1))

_SQL_NOW: Final = select(func.utc_timestamp(6, type_=UtcDateTime()).label("now"))
CLOCKS: Final = MappingProxyType(
    {
        "postgresql": select(func.clock_timestamp(type_=UtcDateTime()).label("now")),
        "mysql": _SQL_NOW,
        "mariadb": _SQL_NOW,
    }
)

Values = Mapping[str, object]
"""What a statement's parameters are bound to."""

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Deadlocked(StoreUnavailable):
    """The transaction was undone so that another could go on; it may be run again."""


class Transaction:
    """Statements that count all or none."""

    def __init__(self, connection: Connection, seconds: float) -> None:
        """Take a *connection* on which a transaction is open."""
        self._connection = connection
        self._seconds = seconds

    async def run(self, statement: Executable, values: Values | None = None) -> int:
        """Run *statement* and return how many rows it matched."""
        return await self.call(_rowcount, statement, values)

    async def first(
        self, statement: Executable, values: Values | None = None
    ) -> RowMapping | None:
        """Return the first row, by column, or None."""
        return await self.call(_first, statement, values)

    async def all(
        self, statement: Executable, values: Values | None = None
    ) -> Sequence[RowMapping]:
        """Return all rows, by column."""
        return await self.call(_all, statement, values)

    async def call(self, work: Callable[[Connection, *Ts], T], *arguments: *Ts) -> T:
        """Run *work* with the synchronous connection, for tools that need one."""
        async with _within(self._seconds):
            return await greenlet_spawn(work, self._connection, *arguments)


class Database:
    """A pool of connections to one database; opens them as they are needed.

    Whatever keeps it from answering within *limit* is `StoreUnavailable`: an outage, a
    lock, an exhausted pool. IntegrityError and programming errors pass unchanged.
    Nothing is ever run twice.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 8,
        limit: timedelta = TIME_LIMIT,
        durable: bool = True,
    ) -> None:
        """Take a *url* such as `sqlite:///path` or `postgresql://user@host/name`.

        Not *durable*, SQLite may lose the last writes when the power fails. Raise
        `DriverMissing`, or ValueError for a URL that is not supported.
        """
        self._seconds = limit.total_seconds()
        self._engine = open_engine(
            with_driver(url),
            pool_size=pool_size,
            seconds=min(limit, TIME_LIMIT).total_seconds() * (1 - CLEANUP_SHARE),
            durable=durable,
        )
        self._pool = self._engine.sync_engine
        self._backend = self._pool.dialect.name
        self._turn: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if self._backend == "sqlite" else nullcontext()
        )

    async def run(self, statement: Executable, values: Values | None = None) -> int:
        """Run *statement* by itself and return how many rows it matched."""
        async with _within(self._seconds), self._turn:
            return await greenlet_spawn(self._alone, _rowcount, statement, values)

    async def first(
        self, statement: Executable, values: Values | None = None
    ) -> RowMapping | None:
        """Return the first row, by column, or None."""
        async with _within(self._seconds):
            return await greenlet_spawn(self._alone, _first, statement, values)

    async def all(
        self, statement: Executable, values: Values | None = None
    ) -> Sequence[RowMapping]:
        """Return all rows, by column."""
        async with _within(self._seconds):
            return await greenlet_spawn(self._alone, _all, statement, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """Open a transaction; it counts unless the block is left by an exception.

        READ COMMITTED; on SQLite it has the lock for writing from its beginning.
        """
        async with AsyncExitStack() as stack:
            async with _within(self._seconds):
                await stack.enter_async_context(self._turn)
                connection = await greenlet_spawn(self._begin)
            try:
                yield Transaction(connection, self._seconds)
                async with _within(self._seconds):
                    await greenlet_spawn(_commit, connection)
            except BaseException:
                async with _within(self._seconds):
                    await greenlet_spawn(_abandon, connection)
                raise

    async def purge(self, key: Column[T], condition: ColumnElement[bool]) -> int:
        """Delete up to 1000 rows for which *condition* holds; return how many.

        *key* is the primary key, or its first column.
        """
        found = await self.all(select(key).where(condition).limit(PURGED_AT_ONCE))
        if not found:
            return 0
        keys = [row[key] for row in found]
        return await self.run(delete(key.table).where(key.in_(keys), condition))

    async def ping(self) -> None:
        """Return once the database has answered, or raise `StoreUnavailable`."""
        await self.first(PING)

    async def now(self) -> datetime:
        """Return the database's time; on SQLite, which has none, this machine's."""
        clock = CLOCKS.get(self._backend)
        if clock is None:
            return utc_now()
        instant: datetime = (await self.all(clock))[0]["now"]
        return instant

    async def close(self) -> None:
        """Close all connections."""
        async with _within(self._seconds):
            await self._engine.dispose()

    def _alone(
        self,
        read: Callable[[Connection, Executable, Values | None], T],
        statement: Executable,
        values: Values | None,
    ) -> T:
        with self._pool.connect() as connection:
            return read(connection, statement, values)

    def _begin(self) -> Connection:
        immediate = self._backend == "sqlite"
        connection = self._pool.connect()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
        except BaseException:
            connection.close()
            raise
        return connection


class _within:  # noqa: N801 - reads like the function it stands for
    __slots__ = ("_limit",)

    def __init__(self, seconds: float) -> None:
        cleanup = seconds * CLEANUP_SHARE
        self._limit = TimeLimit(seconds - cleanup, cleanup=cleanup)

    async def __aenter__(self) -> None:
        self._limit.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._limit.stop(error) or isinstance(error, OSError | PoolTimeout):
            raise StoreUnavailable from error
        if isinstance(error, DBAPIError):
            if is_deadlock(error):
                raise Deadlocked from error
            if is_outage(error):
                raise StoreUnavailable from error


def _commit(connection: Connection) -> None:
    connection.exec_driver_sql("COMMIT")
    connection.close()


def _abandon(connection: Connection) -> None:
    with connection:
        if connection.invalidated:
            return
        try:
            connection.exec_driver_sql("ROLLBACK")
        except DBAPIError:
            connection.invalidate()


def _rowcount(
    connection: Connection, statement: Executable, values: Values | None
) -> int:
    return connection.execute(statement, values).rowcount


def _first(
    connection: Connection, statement: Executable, values: Values | None
) -> RowMapping | None:
    return connection.execute(statement, values).mappings().first()


def _all(
    connection: Connection, statement: Executable, values: Values | None
) -> Sequence[RowMapping]:
    return connection.execute(statement, values).mappings().all()
