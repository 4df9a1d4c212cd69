"""The page about blueprints tells how long each is, and it stays short."""

import re
from pathlib import Path

import pytest

from keywright.service.blueprints import BLUEPRINTS

PAGE = Path("docs/blueprints/README.md")
ROW = re.compile(r"^\| \[([\w-]+)\]\(\S+\) \| (\d+) \|", re.MULTILINE)
TOLD = dict(ROW.findall(PAGE.read_text("utf-8")))
MOST = 700


def lines_of(blueprint: str) -> int:
    """Return how many lines the folder of *blueprint* has."""
    folder = Path("src/keywright/blueprints") / blueprint.replace("-", "_")
    texts = [file.read_text("utf-8") for file in folder.glob("*.py")]
    return sum(len(text.splitlines()) for text in texts)


def test_every_blueprint_has_its_row() -> None:
    assert TOLD.keys() == BLUEPRINTS.keys()


@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_the_lines_are_those_told_and_few(blueprint: str) -> None:
    assert lines_of(blueprint) == int(TOLD[blueprint])
    assert lines_of(blueprint) <= MOST
