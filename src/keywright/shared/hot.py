"""Statements that nearly every request runs, past SQLAlchemy's way of running them.

Its cursors, results and greenlets cost more than the statement. Here the driver runs
it on a connection of the same pool, with SQLAlchemy's text, types and errors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Select, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Row = Mapping[Any, Any]
"""A row by column, or by the name of one."""

Process = Callable[[Any], Any]


class Driver(Protocol):
    """What asyncpg's connection offers of itself."""

    async def fetchrow(self, query: str, *arguments: object) -> Sequence[Any] | None:
        """Return the first row."""
        ...

    async def execute(self, query: str, *arguments: object) -> str:
        """Return the command and how many rows it matched, as the server says it."""
        ...

    def is_closed(self) -> bool:
        """Say whether the connection is of no more use."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Hot:
    """A statement made once, whose values have names, and that breaks no constraint."""

    statement: Select[Any] | Update


class Prepared:
    """A `Hot` statement as one driver takes it."""

    __slots__ = ("_columns", "_own", "_values", "text")

    def __init__(self, hot: Hot, dialect: Dialect) -> None:
        """Compile *hot* for *dialect*."""
        compiled = hot.statement.compile(dialect=dialect)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError(type(compiled).__name__)
        self.text = str(compiled)
        bound = [compiled.binds[name] for name in compiled.positiontup or ()]
        self._own = {one.key: one.value for one in bound if not one.required}
        self._values = [(one.key, _bound(one.type, dialect)) for one in bound]
        statement = hot.statement
        shown = statement.selected_columns if isinstance(statement, Select) else ()
        self._columns = [(one, _read(one.type, dialect)) for one in shown]

    def arguments(self, values: Mapping[str, object]) -> Sequence[object]:
        """Return *values* in the statement's order, as the driver takes them."""
        known = {**self._own, **values} if self._own else values
        return [
            known[name] if process is None else process(known[name])
            for name, process in self._values
        ]

    async def first(self, driver: Driver, arguments: Sequence[object]) -> Row | None:
        """Return the first row, by column, or None."""
        found = await driver.fetchrow(self.text, *arguments)
        if found is None:
            return None
        return {
            column: value if process is None else process(value)
            for (column, process), value in zip(self._columns, found, strict=True)
        }

    async def run(self, driver: Driver, arguments: Sequence[object]) -> int:
        """Return how many rows the statement matched."""
        status = await driver.execute(self.text, *arguments)
        return int(status.rpartition(" ")[2])


def borrow(engine: Engine) -> PoolProxiedConnection:
    """Return a connection of the pool; what keeps it from being made is told alike."""
    dialect = engine.dialect
    try:
        return engine.raw_connection()
    except dialect.loaded_dbapi.Error as error:
        kind = dialect.loaded_dbapi.Error
        raise DBAPIError.instance(
            None, None, error, kind, hide_parameters=True, dialect=dialect
        ) from error


def told(
    error: BaseException, borrowed: PoolProxiedConnection, driver: Driver
) -> BaseException:
    """Return *error* as SQLAlchemy tells it; what it has harmed is used no more.

    A driver that is cancelled may have its answer still under way.
    """
    is_of_driver = isinstance(error, Exception) and not isinstance(error, OSError)
    is_harmed = not is_of_driver or driver.is_closed()
    if is_harmed:
        borrowed.invalidate()
    if not is_of_driver:
        return error
    known = cast("Exception", error)
    return DBAPIError(None, None, known, True, is_harmed)  # noqa: FBT003 - theirs


def _bound(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _read(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
