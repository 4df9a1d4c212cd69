"""The database before the first request: its schema is made, or asked for.

Alembic is loaded only when there is something to do: it would double the time of a
start and stay in memory.
"""

import re
from datetime import timedelta
from importlib.resources import files
from typing import Final

from sqlalchemy import String, column, select, table
from sqlalchemy.exc import DBAPIError

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.migrations.choice import runner_of
from keywright.migrations.schema import VERSION_TABLE
from keywright.service.failures import Failure
from keywright.shared.database_urls import is_mongodb
from keywright.shared.errors import StoreUnavailable
from keywright.shared.sql import Database

_KINDS: Final = {
    "sqlite": "SQLite",
    "postgresql": "PostgreSQL",
    "mysql": "MySQL",
    "mariadb": "MariaDB",
    "mongodb": "MongoDB",
}
_REVISION = re.compile(r'^revision\b[^"]*"(\w+)"', re.MULTILINE)
_FOUND: Final = select(table(VERSION_TABLE, column("version_num", String)))


async def prepare(settings: AuthSettings) -> None:
    """Bring the schema up to date; in production only see whether it is.

    Raise `Failure` if it is not.
    """
    url = settings.database_url.get_secret_value()
    if settings.is_production:
        await require_current(url)
    elif await revision_of(url) != newest_revision(url):
        await runner_of(url).migrate(url)


async def require_current(url: str) -> None:
    """Raise `Failure` unless the schema at *url* is the one this version needs."""
    found, newest = await revision_of(url), newest_revision(url)
    if found != newest:
        told = f"schema is at {found}" if found else "has no tables yet"
        raise Failure(
            f"The database {told}, this version needs {newest}. "
            "Run: keywright db migrate"
        )


async def revision_of(url: str) -> str | None:
    """Return the revision of the tables, or None; raise `StoreUnavailable`."""
    if is_mongodb(url):
        return await runner_of(url).current(url)
    database = Database(url, pool_size=1, limit=timedelta(seconds=5))
    try:
        row = await database.first(_FOUND)
    except StoreUnavailable:
        raise
    except DBAPIError as error:
        if is_refused(error):
            raise
        return None
    finally:
        await database.close()
    return None if row is None else str(row["version_num"])


def newest_revision(url: str) -> str:
    """Return the revision that this version needs of the database at *url*."""
    if is_mongodb(url):
        return runner_of(url).head()
    folder = files("keywright.migrations") / "versions"
    names = sorted(one.name for one in folder.iterdir() if one.name[:1].isdigit())
    found = _REVISION.search((folder / names[-1]).read_text(encoding="utf-8"))
    if found is None:
        raise LookupError(names[-1])
    return found[1]


def kind_of(url: str) -> str:
    """Return what the database at *url* is, and nothing else of the address."""
    scheme = url.partition(":")[0]
    return _KINDS.get(scheme.partition("+")[0].lower(), "a database")


def is_refused(error: DBAPIError) -> bool:
    """Say whether the server lets nobody in by this address: user, password, name."""
    state = str(getattr(error.orig, "sqlstate", "") or "")
    numbers = error.orig.args[:1] if error.orig else ()
    return state == "3D000" or state.startswith("28") or numbers in {(1045,), (1049,)}
