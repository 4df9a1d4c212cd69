"""Collections as they should be: made, changed, and compared with those there are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pymongo import IndexModel
from pymongo.errors import OperationFailure

from keywright.shared.mongo import Documents, Fields, MongoDatabase

NAMESPACE_EXISTS: Final = 48
INDEX_DIFFERS: Final = frozenset({85, 86})
COMPARED: Final = ("key", "unique", "expireAfterSeconds", "partialFilterExpression")
"""What makes an index what it is."""


async def prepare(db: MongoDatabase, every: Sequence[Documents]) -> None:
    """Create or change the collections and their indexes; harmless to repeat.

    An index that differs is made anew; one that is not ours stays.
    """
    known = await _collections(db)
    for documents in every:
        if documents.name not in known:
            await db.run(_create(db, documents.name))
        if not _is_validated(known.get(documents.name, {}), documents):
            await db.run(
                db.database.command(
                    "collMod",
                    documents.name,
                    validator=documents.validator,
                    validationLevel="strict",
                    validationAction="error",
                )
            )
        for index in documents.indexes:
            await db.run(_index(db, documents, index))


async def remove(db: MongoDatabase, every: Sequence[Documents]) -> None:
    """Remove the collections with all they hold."""
    for documents in every:
        await db.run(db.database.drop_collection(documents.name))


async def differences(db: MongoDatabase, every: Sequence[Documents]) -> list[str]:
    """Return how the collections differ from what they should be."""
    known = await _collections(db)
    found = []
    for documents in every:
        name = documents.name
        if name not in known:
            found.append(f"add_collection: {name}")
            continue
        if not _is_validated(known[name], documents):
            found.append(f"modify_validator: {name}")
        live = await _indexes(db, documents)
        for index in documents.indexes:
            wanted = index.document
            if wanted["name"] not in live:
                found.append(f"add_index: {wanted['name']}")
            elif _essence(live[wanted["name"]]) != _essence(wanted):
                found.append(f"modify_index: {wanted['name']}")
    return found


def canonical(every: Sequence[Documents]) -> str:
    """Return the definitions as a text that changes exactly when one of them does."""
    described = [
        [
            documents.name,
            documents.validator,
            [
                [one.document["name"], _essence(one.document)]
                for one in documents.indexes
            ],
        ]
        for documents in every
    ]
    return json.dumps(described, sort_keys=True, default=list)


async def _collections(db: MongoDatabase) -> dict[str, Mapping[str, Any]]:
    async def read() -> list[Mapping[str, Any]]:
        cursor = await db.database.list_collections()
        return [one async for one in cursor]

    return {one["name"]: one.get("options", {}) for one in await db.run(read())}


async def _indexes(db: MongoDatabase, documents: Documents) -> dict[str, Fields]:
    async def read() -> list[Mapping[str, Any]]:
        cursor = await db.collection(documents).list_indexes()
        return [one async for one in cursor]

    return {one["name"]: dict(one) for one in await db.run(read())}


async def _create(db: MongoDatabase, name: str) -> None:
    try:
        await db.database.create_collection(name, check_exists=False)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise


async def _index(db: MongoDatabase, documents: Documents, index: IndexModel) -> None:
    collection = db.collection(documents)
    try:
        await collection.create_indexes([index])
    except OperationFailure as error:
        if error.code not in INDEX_DIFFERS:
            raise
        await collection.drop_index(index.document["name"])
        await collection.create_indexes([index])


def _is_validated(options: Mapping[str, Any], documents: Documents) -> bool:
    return (
        options.get("validator") == documents.validator
        and options.get("validationLevel", "strict") == "strict"
        and options.get("validationAction", "error") == "error"
    )


def _described(index: IndexModel) -> list[object]:
    return [index.document["name"], _essence(index.document)]


def _essence(index: Mapping[str, Any]) -> Fields:
    described = {name: index[name] for name in COMPARED if index.get(name)}
    return {**described, "key": list(dict(index["key"]).items())}
