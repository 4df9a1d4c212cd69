"""The requirements, as their file lists them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LISTED = Path(__file__).with_name("requirements.txt")
_CHAPTER = re.compile(r"## (V\d+) (.+)")
_ROW = re.compile(r"(V\d+\.\d+\.\d+) ([123])([ceo])([BGSD]) (.+)")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A row: *stage* is c, e or o, *proof* B, G, S or D, as the file explains."""

    id: str
    level: int
    stage: str
    proof: str
    text: str
    chapter: str


def requirements(listed: Path = LISTED) -> dict[str, Requirement]:
    """Return the rows by id, in their order; ValueError names a bad line."""
    rows = list(_rows(listed.read_text(encoding="utf-8")))
    by_id = {row.id: row for row in rows}
    if len(by_id) != len(rows):
        raise ValueError("an id is listed twice")
    return by_id


def _rows(text: str) -> Iterator[Requirement]:
    chapter = ""
    for line in text.splitlines():
        if heading := _CHAPTER.fullmatch(line):
            chapter = f"{heading[1]} {heading[2]}"
        elif row := _ROW.fullmatch(line):
            number, level, stage, proof, what = row.groups()
            yield Requirement(number, int(level), stage, proof, what, chapter)
        elif line and not line.startswith("#"):
            raise ValueError(f"not a row: {line}")
