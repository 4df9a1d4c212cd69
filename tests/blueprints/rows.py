"""Notes which operations were answered on which storage, for `tools.contract_rows`."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.blueprints.harness import Service
from tests.blueprints.kinds import taken_apart

FOLDER = "CONTRACT_ROWS"
"""Names the variable that holds the folder; without it nothing is noted."""


def note(services: Mapping[str, Service], *, process: str) -> None:
    """Write what *services*, named as a `House` does, answered in this *process*."""
    if FOLDER in os.environ:
        folder = Path(os.environ[FOLDER])
        folder.mkdir(parents=True, exist_ok=True)
        lines = "\n".join(sorted({*_rows(services)}))
        (folder / f"{process}.txt").write_text(lines, encoding="utf-8")


def _rows(services: Mapping[str, Service]) -> Iterator[str]:
    for name, service in services.items():
        blueprint, storage = taken_apart(name.partition(" ")[0])
        for method, path, status in service.documented.answered:
            yield f"{blueprint} {storage} {method} {path} {status}"
