"""A file for every variant."""

from collections.abc import Mapping
from pathlib import Path

from tests.blueprints.place import Place
from tests.blueprints.tables import make_tables


def _url(folder: Path, _: str) -> str:
    return f"sqlite:///{folder / 'auth.db'}"


PLACES: Mapping[str, Place] = {"sqlite": Place(_url, make_tables)}
