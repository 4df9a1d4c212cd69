"""Write a row of every table, or a document of every collection, and read it back.

It runs in a project, with what that project asks for: `round_trip.py PACKAGE URL`.
"""

import asyncio
import importlib
import pkgutil
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from sqlalchemy import Column

NOW = datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=UTC)
ID = UUID("0195a7c0-0000-7000-8000-000000000001")
EXAMPLES: Mapping[str, object] = {
    "string": "word",
    "bool": True,
    "date": NOW,
    "int": 7,
    "binData": b"\x07" * 16,
    "object": {},
    "array": [],
}


def modules(package: str) -> list[str]:
    """Return every module of *package*, imported."""
    found = importlib.import_module(package)
    names = [one.name for one in pkgutil.walk_packages(found.__path__, f"{package}.")]
    for name in names:
        importlib.import_module(name)
    return names


def named(names: list[str], end: str) -> ModuleType:
    """Return the module among *names* whose name ends with *end*."""
    (name,) = [one for one in names if one.endswith(end)]
    return sys.modules[name]


async def rows(names: list[str], url: str) -> None:
    """Write and read a row of every table."""
    from sqlalchemy import insert, select
    from sqlalchemy.ext.asyncio import create_async_engine

    base = named(names, ".tables").Base
    with_driver = named(names, ".drivers").with_driver
    engine = create_async_engine(with_driver(url))
    async with engine.begin() as connection:
        for table in base.metadata.sorted_tables:
            row = {column.name: example(column) for column in table.columns}
            await connection.execute(insert(table), row)
            found = (await connection.execute(select(table))).mappings().one()
            assert dict(found) == row, (table.name, dict(found), row)
    await engine.dispose()
    assert base.metadata.sorted_tables


def example(column: "Column[object]") -> object:
    """Return a value that fits *column*."""
    kind = getattr(column.type, "impl_instance", column.type).python_type
    if kind is bytes:
        return b"\x07" * (getattr(column.type, "length", None) or 32)
    if kind is str:
        return "word"
    known: Mapping[type, object] = {datetime: NOW, UUID: ID, int: 7, bool: True}
    return known[kind]


async def documents(names: list[str], url: str) -> None:
    """Write and read a document of every collection."""
    kinds = named(names, ".mongo")
    database = kinds.MongoDatabase(url)
    every = {
        one.name: one
        for name in names
        for one in vars(sys.modules[name]).values()
        if isinstance(one, kinds.Documents)
    }
    assert every
    for one in every.values():
        wanted = one.validator["$jsonSchema"]["properties"]
        document = {name: fitting(rules) for name, rules in wanted.items()}
        document["_id"] = document.get("_id", ID)
        collection = database.collection(one)
        await collection.insert_one(document)
        assert await collection.find_one() == document, one.name
    await database.close()


def fitting(rules: Mapping[str, object]) -> object:
    """Return a value that *rules* of a validator allow."""
    match rules:
        case {"enum": [first, *_]}:
            return first
        case {"bsonType": [str(kind), *_]}:
            return EXAMPLES[kind]
        case _:
            return ID


if __name__ == "__main__":
    package, address = sys.argv[1:]
    write = documents if address.startswith("mongodb") else rows
    asyncio.run(write(modules(package), address))
