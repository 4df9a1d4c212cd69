"""SQL databases: statements with a time limit, alone or in a transaction.

Every connection is in autocommit. A single statement costs one round trip; what needs
several stands in `Database.transaction`.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, TypeVar, TypeVarTuple, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import greenlet_spawn

from keywright.shared.clock import utc_now
from keywright.shared.drivers import open_engine, place_of, with_driver
from keywright.shared.hot import Driver, Hot, Prepared, Row, borrow, told
from keywright.shared.sql_outages import CLEANUP_SHARE, Deadlocked, Within
from keywright.shared.tables import Base, UtcDateTime

__all__ = ["Base", "Database", "Deadlocked", "Hot", "Row", "Transaction", "Values"]

TIME_LIMIT: Final = timedelta(seconds=5)
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

NOTHING: Final[Values] = MappingProxyType({})

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Transaction:
    """Statements that count all or none."""

    def __init__(self, connection: Connection, seconds: float, place: str) -> None:
        """Take a *connection*, to the database at *place*, with a transaction open."""
        self._connection = connection
        self._seconds = seconds
        self._place = place

    async def run(self, statement: Executable, values: Values = NOTHING) -> int:
        """Run *statement* and return how many rows it matched."""
        return await self.call(_rowcount, statement, values)

    async def first(
        self, statement: Executable, values: Values = NOTHING
    ) -> Row | None:
        """Return the first row, by column, or None."""
        return await self.call(_first, statement, values)

    async def all(
        self, statement: Executable, values: Values = NOTHING
    ) -> Sequence[Row]:
        """Return all rows, by column."""
        return await self.call(_all, statement, values)

    async def call(self, work: Callable[[Connection, *Ts], T], *arguments: *Ts) -> T:
        """Run *work* with the synchronous connection, for tools that need one."""
        async with Within(self._seconds, self._place):
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
        address = with_driver(url)
        self._place = place_of(address)
        self._engine = open_engine(
            address,
            pool_size=pool_size,
            seconds=min(limit, TIME_LIMIT).total_seconds() * (1 - CLEANUP_SHARE),
            durable=durable,
        )
        self._pool = self._engine.sync_engine
        self._backend = self._pool.dialect.name
        self._is_direct = self._pool.dialect.driver == "asyncpg"
        self._prepared: dict[Hot, Prepared] = {}
        # The pool's own queue lets newcomers pass those who wait.
        self._seats = asyncio.Semaphore(pool_size)
        self._turn: AbstractAsyncContextManager[object] = (
            asyncio.Lock() if self._backend == "sqlite" else nullcontext()
        )

    async def run(self, statement: Executable | Hot, values: Values = NOTHING) -> int:
        """Run *statement* by itself and return how many rows it matched."""
        async with Within(self._seconds, self._place), self._turn, self._seats:
            if self._is_direct and isinstance(statement, Hot):
                return await self._directly(Prepared.run, statement, values)
            return await greenlet_spawn(self._alone, _rowcount, statement, values)

    async def first(
        self, statement: Executable | Hot, values: Values = NOTHING
    ) -> Row | None:
        """Return the first row, by column, or None."""
        async with Within(self._seconds, self._place), self._seats:
            if self._is_direct and isinstance(statement, Hot):
                return await self._directly(Prepared.first, statement, values)
            return await greenlet_spawn(self._alone, _first, statement, values)

    async def all(
        self, statement: Executable, values: Values = NOTHING
    ) -> Sequence[Row]:
        """Return all rows, by column."""
        async with Within(self._seconds, self._place), self._seats:
            return await greenlet_spawn(self._alone, _all, statement, values)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """Open a transaction; it counts unless the block is left by an exception.

        READ COMMITTED; on SQLite it has the lock for writing from its beginning.
        """
        async with AsyncExitStack() as stack:
            async with Within(self._seconds, self._place):
                await stack.enter_async_context(self._turn)
                await stack.enter_async_context(self._seats)
                connection = await greenlet_spawn(self._begin)
            try:
                yield Transaction(connection, self._seconds, self._place)
                async with Within(self._seconds, self._place):
                    await greenlet_spawn(_commit, connection)
            except BaseException:
                async with Within(self._seconds, self._place):
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
        async with Within(self._seconds, self._place):
            await self._engine.dispose()

    async def _directly(
        self,
        act: Callable[[Prepared, Driver, Sequence[object]], Awaitable[T]],
        hot: Hot,
        values: Values,
    ) -> T:
        prepared = self._prepared.get(hot)
        if prepared is None:
            prepared = self._prepared[hot] = Prepared(hot, self._pool.dialect)
        arguments = prepared.arguments(values)
        borrowed = await greenlet_spawn(borrow, self._pool)
        driver = cast("Driver", borrowed.driver_connection)
        try:
            return await act(prepared, driver, arguments)
        except BaseException as error:
            raise told(error, borrowed, driver) from error
        finally:
            borrowed.close()

    def _alone(
        self,
        read: Callable[[Connection, Executable, Values], T],
        statement: Executable | Hot,
        values: Values,
    ) -> T:
        known = statement.statement if isinstance(statement, Hot) else statement
        with self._pool.connect() as connection:
            return read(connection, known, values)

    def _begin(self) -> Connection:
        immediate = self._backend == "sqlite"
        connection = self._pool.connect()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
        except BaseException:
            connection.close()
            raise
        return connection


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


def _rowcount(connection: Connection, statement: Executable, values: Values) -> int:
    return connection.execute(statement, values).rowcount


def _first(connection: Connection, statement: Executable, values: Values) -> Row | None:
    return connection.execute(statement, values).mappings().first()


def _all(
    connection: Connection, statement: Executable, values: Values
) -> Sequence[Row]:
    return connection.execute(statement, values).mappings().all()
