"""MySQL or MariaDB at TEST_MYSQL_URL."""

from collections.abc import Mapping

from tests.blueprints.place import Place
from tests.blueprints.tables import make_tables
from tests.mysql_server import emptied_mysql

PLACES: Mapping[str, Place] = {
    "mysql": Place(lambda _, suffix: emptied_mysql(f"_{suffix}"), make_tables)
}
