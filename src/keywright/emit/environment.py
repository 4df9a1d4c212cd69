"""What runs migrations in a project: it is written once, and then owned."""

from collections.abc import Mapping, Sequence
from typing import Final

_INI: Final = """\
[alembic]
script_location = migrations
prepend_sys_path = {paths}
path_separator = os

[loggers]
keys = root,alembic

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain

[formatter_plain]
format = %(levelname)s %(message)s
"""

_TEMPLATE: Final = '''\
"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: str | None = ${repr(branch_labels)}
depends_on: str | None = ${repr(depends_on)}


def upgrade() -> None:
    """Apply this revision."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Undo this revision."""
    ${downgrades if downgrades else "pass"}
'''


_ENV: Final = '''\
"""Run revisions on the database that the settings name."""

import asyncio
from importlib import import_module
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from {drivers} import with_driver
from {load} import load
from {settings} import Settings
from {tables} import Base

MODELS = (
{models})


def run_on(connection: Connection) -> None:
    """Run the revisions on *connection*."""
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


async def run() -> None:
    """Connect and run the revisions."""
    url = with_driver(load(Settings).database_url.get_secret_value())
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_on)
    await engine.dispose()


if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)
for module in MODELS:
    import_module(module)
asyncio.run(run())
'''


_COLLECTIONS: Final = '''\
"""Make the collections, or change them to what the code needs; harmless to repeat."""

import asyncio

{imports}
EVERY = ({names})


async def run() -> None:
    """Connect and make the collections."""
    database = MongoDatabase(load(Settings).database_url.get_secret_value())
    try:
        await prepare(database, EVERY)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(run())
'''


def ini_text(code: str) -> str:
    """Return `alembic.ini`; *code* is the folder of the packages, "" for the root."""
    return _INI.format(paths=f".:{code}" if code else ".")


def template_text() -> str:
    """Return the template of later revisions."""
    return _TEMPLATE


def env_text(
    *, tables: str, drivers: str, load: str, settings: str, models: Sequence[str]
) -> str:
    """Return `migrations/env.py`.

    The arguments are modules of the project: what defines the base of the tables,
    what finds a driver, what loads settings, the settings, and those with tables.
    """
    names = "".join(f'    "{name}",\n' for name in models)
    return _ENV.format(
        tables=tables, drivers=drivers, load=load, settings=settings, models=names
    )


def collections_text(
    every: Mapping[str, Sequence[str]],
    *,
    database: str,
    schema: str,
    load: str,
    settings: str,
) -> str:
    """Return `migrations/collections.py` for the collections in *every*, by module.

    The other arguments are modules of the project, as for `env_text`.
    """
    imports = {
        **every,
        database: ("MongoDatabase",),
        schema: ("prepare",),
        load: ("load",),
        settings: ("Settings",),
    }
    lines = [
        f"from {module} import {', '.join(names)}\n"
        for module, names in sorted(imports.items())
    ]
    names = "".join(f"{name}, " for every_name in every.values() for name in every_name)
    return _COLLECTIONS.format(imports="".join(lines), names=names)
