"""The declarative base of all tables, and types that mean the same everywhere."""

from datetime import UTC, datetime
from typing import ClassVar, Final

from sqlalchemy import (
    BINARY,
    VARBINARY,
    DateTime,
    Dialect,
    LargeBinary,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

from keywright.shared.clock import whole_milliseconds
from keywright.shared.declarative import Base as ProjectBase

MYSQL: Final = ("mysql", "mariadb")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC, in whole milliseconds, on every database.

    A naive value is refused: MySQL and SQLite would store it as if it were UTC.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Return a type that keeps the zone, or at least the milliseconds."""
        if dialect.name in MYSQL:
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return *value* in UTC, without its zone where the database has none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = whole_milliseconds(value)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """Return *value* with the zone UTC."""
        del dialect
        if value is None or value.tzinfo is UTC:
            return value
        naive = value.tzinfo is None
        return value.replace(tzinfo=UTC) if naive else value.astimezone(UTC)


class AsciiText(TypeDecorator[str]):
    """A word of ASCII that no person wrote, compared as bytes.

    MySQL compares even its binary collations without trailing spaces, so it keeps
    bytes.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        """Take the largest *length*."""
        super().__init__(length)
        self.length = length

    def load_dialect_impl(
        self, dialect: Dialect
    ) -> TypeEngine[str] | TypeEngine[bytes]:
        """Return a type of bytes on MySQL, of text elsewhere."""
        if dialect.name in MYSQL:
            return dialect.type_descriptor(self._bytes())
        return super().load_dialect_impl(dialect)

    def process_bind_param(
        self, value: str | None, dialect: Dialect
    ) -> str | bytes | None:
        """Return *value* as the database keeps it."""
        if value is None or dialect.name not in MYSQL:
            return value
        return value.encode("ascii")

    def process_result_value(
        self, value: str | bytes | None, dialect: Dialect
    ) -> str | None:
        """Return *value* as text."""
        del dialect
        return value.decode("ascii") if isinstance(value, bytes) else value

    def _bytes(self) -> TypeEngine[bytes]:
        return VARBINARY(self.length)


class SealedText(AsciiText):
    """What is encrypted: ASCII of any length, which cannot be indexed."""

    impl = Text
    cache_ok = True

    def _bytes(self) -> TypeEngine[bytes]:
        return mysql.MEDIUMBLOB()


def binary(length: int) -> LargeBinary:
    """Return a type for exactly *length* bytes, compared as bytes."""
    return LargeBinary(length).with_variant(BINARY(length), *MYSQL)


Digest: Final = binary(32)


class Base(DeclarativeBase):
    """The base of these tables; instants are `UtcDateTime`, bytes are digests.

    The metadata is the project's, so that all of its tables know each other.
    """

    metadata = ProjectBase.metadata
    type_annotation_map: ClassVar = {datetime: UtcDateTime(), bytes: Digest}


def table_of(row: type[Base]) -> Table:
    """Return the table that *row* declares."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError(row.__name__)
    return table
