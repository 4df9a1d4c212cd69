"""MongoDB at TEST_MONGO_URL."""

from collections.abc import Mapping
from functools import cache

from pymongo import MongoClient

from keywright.blueprints.foundation.in_mongo import make
from tests.blueprints.collections import EVERY
from tests.blueprints.place import Place
from tests.places import mongo_url


@cache
def emptied_mongo(beside: str) -> str:
    """Return the address of a database without what an earlier run left."""
    url = mongo_url(beside)
    with MongoClient[dict[str, object]](url) as client:
        client.drop_database(client.get_default_database())
    return url


async def _make(url: str) -> None:
    await make(url, EVERY)


PLACES: Mapping[str, Place] = {
    "mongo": Place(lambda _, suffix: emptied_mongo(f"_{suffix}"), _make)
}
