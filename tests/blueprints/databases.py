"""The databases that blueprints are tested on.

A slot: copied code fills it with the one that was chosen.
"""

from collections.abc import Mapping

from keywright.migrations.schema import METADATA
from tests.blueprints.databases_mongodb import PLACES as MONGODB
from tests.blueprints.databases_mysql import PLACES as MYSQL
from tests.blueprints.databases_postgresql import PLACES as POSTGRESQL
from tests.blueprints.databases_sqlite import PLACES as SQLITE
from tests.blueprints.place import Place

PLACES: Mapping[str, Place] = {**SQLITE, **POSTGRESQL, **MYSQL, **MONGODB}
TABLES = METADATA.tables
"""All of them are known by their import, before any blueprint opens its stores."""
