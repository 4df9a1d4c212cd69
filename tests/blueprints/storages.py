"""The storages a blueprint is tested on: a database, and what may stand beside it.

Every test process has databases of its own.
"""

from pathlib import Path

from tests.blueprints.caches import CACHES
from tests.blueprints.databases import PLACES
from tests.blueprints.kind import STORAGES as NAMES
from tests.blueprints.place import SettingsPart


def _parts(storage: str) -> tuple[str, str]:
    database, plus, cache = storage.partition("+")
    return database, plus + cache


def _is_there(storage: str) -> bool:
    database, cache = _parts(storage)
    return database in PLACES and cache in CACHES


STORAGES = tuple(name for name in NAMES if _is_there(name))
ANY = STORAGES[0]
"""Where it makes no difference which."""


def settings_on(storage: str, folder: Path, *, suffix: str = "") -> SettingsPart:
    """Return the settings that name *storage*; files lie in *folder*.

    Its database is shared by those alone who name this *suffix*.
    """
    database, cache = _parts(storage)
    url = PLACES[database].url(folder, suffix or "http")
    return {"database_url": url, **CACHES[cache]()}


async def make_tables(url: str) -> None:
    """Make what is missing of the tables, or collections, at *url*."""
    scheme = url.partition(":")[0].lower()
    (name,) = (one for one in PLACES if scheme.startswith(one))
    await PLACES[name].make(url)
