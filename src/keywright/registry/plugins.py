"""What runs copied tests: plug-ins of pytest that no import shows."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

OF_MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {"timeout": "pytest-timeout>=2.4.0"}
)
"""Plug-ins by the mark that they define: without them it would mean nothing."""

PARALLEL: Final = "pytest-xdist>=3.8.0"
"""Runs the tests of a new project on several cores."""

RUNS_PARALLEL: Final = "pytest -n auto --maxprocesses 4 --dist worksteal"
"""How: more processes than that would ask more of a small database than they save."""
