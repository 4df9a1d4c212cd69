"""Fail unless every operation of every blueprint was answered on every database.

python -m tools.contract_rows [NOTED] [DOCUMENTS]

NOTED is the folder into which the tests that talk HTTP wrote what they saw answered,
DOCUMENTS the one of the OpenAPI documents. Silent if nothing is missing.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

NOTED = Path(".cache/rows")
DOCUMENTS = Path("docs/openapi")
DATABASES = ("sqlite", "postgres", "mysql", "mongo")


class Row(NamedTuple):
    """A success that a blueprint's document promises."""

    blueprint: str
    method: str
    path: str
    status: str


def promised(documents: Path) -> Iterator[Row]:
    """Yield every success of every operation in the files of *documents*."""
    for file in sorted(documents.glob("*.json")):
        paths = json.loads(file.read_text("utf-8"))["paths"]
        for path, operations in paths.items():
            for method, operation in operations.items():
                for status in operation["responses"]:
                    if status.startswith(("2", "3")):
                        yield Row(file.stem, method, path, status)


def answered(noted: Path) -> Mapping[Row, set[str]]:
    """Return on which storages each row was seen, as noted by the test processes."""
    found: dict[Row, set[str]] = {}
    for file in noted.glob("*.txt"):
        for line in file.read_text("utf-8").splitlines():
            blueprint, storage, method, path, status = line.split()
            row = Row(blueprint, method, path, status)
            found.setdefault(row, set()).add(storage)
    return found


def holes(noted: Path, documents: Path) -> Iterator[str]:
    """Yield a line for each row that some database never answered."""
    seen = answered(noted)
    for row in promised(documents):
        if missing := [one for one in DATABASES if one not in seen.get(row, ())]:
            name = f"{row.blueprint}: {row.method.upper()} {row.path} {row.status}"
            yield f"{name}: by no test on {', '.join(missing)}"


def main(arguments: Sequence[str]) -> int:
    """Return 1 and print the holes if there are any."""
    noted = Path(arguments[0]) if arguments else NOTED
    documents = Path(arguments[1]) if len(arguments) > 1 else DOCUMENTS
    found = list(holes(noted, documents))
    for line in found:
        print(line)
    return 1 if found or not any(promised(documents)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
