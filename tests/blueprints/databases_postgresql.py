"""PostgreSQL at TEST_POSTGRES_URL."""

from collections.abc import Mapping

from tests.blueprints.place import Place
from tests.blueprints.tables import make_tables
from tests.postgres_server import emptied_postgres

PLACES: Mapping[str, Place] = {
    "postgres": Place(lambda _, suffix: emptied_postgres(f"_{suffix}"), make_tables)
}
