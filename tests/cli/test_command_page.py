"""The page about the command line names every command, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from keywright.cli.main import app

PAGE = Path("docs/command-line.md")
DOCUMENTS = (Path("README.md"), *sorted(Path("docs").rglob("*.md")))
FIRST_CELL = re.compile(r"^\| (`.+?`(?:, `.+?`)*) \| ", re.MULTILINE)
ARGUMENT = re.compile(r"--|[A-Z]")
CALLED = re.compile(r"keywright +([a-z][a-z-]*)(?: +([a-z][a-z-]*))?")


def told() -> Iterator[str]:
    """Yield the commands of the table, where some rows name several."""
    for cell in FIRST_CELL.findall(PAGE.read_text("utf-8")):
        for span in re.findall(r"`(.+?)`", cell):
            words = [word for word in span.split() if ARGUMENT.match(word) is None]
            if words[1:]:
                yield from (f"{words[0]} {name}" for name in words[1].split("\\|"))
            else:
                yield words[0]


def there_are() -> Iterator[str]:
    """Yield the commands that the application has."""
    for name, command in typer.main.get_group(app).commands.items():
        if isinstance(command, typer.core.TyperGroup):
            yield from (f"{name} {sub}" for sub in command.commands)
        else:
            yield name


def test_the_page_names_exactly_the_commands_there_are() -> None:
    assert set(told()) == set(there_are())


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_no_page_shows_a_command_that_is_not_there(document: Path) -> None:
    known = set(there_are())
    groups = {name.partition(" ")[0] for name in known if " " in name}
    blocks = re.findall(
        r"```(?:sh|console)\n(.*?)```", document.read_text("utf-8"), re.DOTALL
    )
    shown = [call for block in blocks for call in CALLED.findall(block)]
    wrong = [
        (name, sub)
        for name, sub in shown
        if (f"{name} {sub}" if name in groups else name) not in known
    ]
    assert wrong == []
