"""`keywright add`: what it refuses before anything is written."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from keywright.cli.add import add
from tests.emit.builders import tree, write

app = typer.Typer()
app.command()(add)


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments, "--cwd", str(folder)])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("blueprint", "other", "--yes"), "There is no blueprint other"),
        (("blueprint", "hybrid-auth"), "--yes"),
        (("blueprint", "hybrid-auth", "--json"), "--yes"),
        (("blueprint", "hybrid-auth", "--yes", "--layout", "x"), "feature or mvc"),
        (("blueprint", "hybrid-auth", "--yes", "--package", "../x"), "no Python name"),
        (("blueprint",), "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    result = run(tmp_path, *arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert tree(tmp_path) == {}


def test_a_flag_against_the_file_is_wrong_usage(tmp_path: Path) -> None:
    write(tmp_path, {"keywright.toml": 'package = "shop"\nlayout = "mvc"\n'})
    result = run(tmp_path, "blueprint", "hybrid-auth", "--yes", "--layout", "feature")
    assert result.exit_code == 2
    assert "keywright.toml says layout = 'mvc'" in result.output


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"keywright.toml": "["}, "keywright.toml is no TOML"),
        ({"keywright.lock": "lock = 9\n"}, "keywright.lock"),
        ({"pyproject.toml": "project = 1\n"}, "pyproject.toml"),
    ],
)
def test_a_project_that_cannot_be_read_ends_with_1(
    tmp_path: Path, files: dict[str, str], says: str
) -> None:
    write(tmp_path, files)
    before = tree(tmp_path)
    result = run(tmp_path, "blueprint", "hybrid-auth", "--yes", "--package", "shop")
    assert result.exit_code == 1
    assert says in result.output
    assert tree(tmp_path) == before


def test_a_project_on_mongodb_makes_its_collections_and_knows_no_tables(
    tmp_path: Path,
) -> None:
    arguments = ("blueprint", "hybrid-auth", "--yes", "--database", "mongodb")
    result = run(tmp_path, *arguments, "--package", "shop")
    assert result.exit_code == 0
    assert "uv run python -m shop.collections" in result.output
    assert "sqlalchemy" not in result.output
    assert not (tmp_path / "migrations").exists()


def test_a_missing_folder_ends_with_1(tmp_path: Path) -> None:
    result = run(tmp_path / "gone", "blueprint", "hybrid-auth", "--yes")
    assert result.exit_code == 1
    assert "no folder" in result.output
