from pathlib import Path

import pytest

from keywright.emit.project import read_project
from keywright.emit.refusals import ChoiceRefused, ProjectUnreadable
from keywright.registry.choices import Choices
from tests.emit.builders import project, write


def test_without_a_file_the_flags_and_defaults_count(tmp_path: Path) -> None:
    found = read_project(tmp_path, {"package": "shop", "layout": "mvc"})
    assert found.choices == Choices("shop", layout="mvc")


def test_the_file_counts(tmp_path: Path) -> None:
    write(tmp_path, {"keywright.toml": 'package = "shop"\nlayout = "mvc"\n'})
    assert read_project(tmp_path, {}).choices == Choices("shop", layout="mvc")


def test_a_flag_that_contradicts_the_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"keywright.toml": 'package = "shop"\nlayout = "mvc"\n'})
    with pytest.raises(ChoiceRefused, match="layout = 'mvc'"):
        read_project(tmp_path, {"layout": "feature"})


def test_a_flag_that_agrees_with_the_file_is_fine(tmp_path: Path) -> None:
    write(tmp_path, {"keywright.toml": 'package = "shop"\nlayout = "mvc"\n'})
    assert read_project(tmp_path, {"layout": "mvc"}).choices.layout == "mvc"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("layout", "other"),
        ("database", "oracle"),
        ("package", "../shop"),
        ("package", "a-b"),
        ("package", "class"),
        ("package", "{{x}}"),
        ("package", "shöp"),
        ("package", ""),
        ("package", "json"),
        ("package", "tests"),
        ("package", "keywright"),
        ("colour", "red"),
    ],
)
def test_other_values_are_refused(tmp_path: Path, key: str, value: str) -> None:
    with pytest.raises(ChoiceRefused):
        read_project(tmp_path, {"package": "shop", key: value})


@pytest.mark.parametrize("text", ["[", "layout = 1\n", "fill = 1\n", "[fill]\na = 1\n"])
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"keywright.toml": text})
    with pytest.raises(ProjectUnreadable, match=r"keywright\.toml"):
        read_project(tmp_path, {})


@pytest.mark.parametrize(
    ("folder", "manifest", "package"),
    [
        ("my-shop", None, "my_shop"),
        ("x", '[project]\nname = "My.Shop"\n', "my_shop"),
        ("123", None, "app"),
        ("json", None, "app"),
    ],
)
def test_a_package_name_is_guessed(
    tmp_path: Path, folder: str, manifest: str | None, package: str
) -> None:
    files = {} if manifest is None else {"pyproject.toml": manifest}
    write(tmp_path / folder, files)
    assert read_project(tmp_path / folder, {}).choices.package == package


def test_packages_lie_where_the_project_has_them(tmp_path: Path) -> None:
    assert project(tmp_path / "a").code == ""
    assert project(tmp_path / "b", {"src/shop/x.py": ""}).code == "src"
    assert project(tmp_path / "c", {"src/x.c": "", "shop/x.py": ""}).code == ""


def test_a_filled_module_is_read_for_its_names(tmp_path: Path) -> None:
    files = {
        "keywright.toml": 'package = "shop"\n[fill]\n"shared.sql" = "shop.db"\n',
        "src/shop/db.py": """\
            import os
            from json import loads as read
            A, B = 1, 2
            C: int = 3
            class D: ...
            def e(): ...
            async def f(): ...
            """,
    }
    found = project(tmp_path, files)
    assert found.names == {"shop.db": {"os", "read", "C", "D", "e", "f", "A", "B"}}


def test_a_filled_module_must_exist(tmp_path: Path) -> None:
    files = {"keywright.toml": 'package = "shop"\n[fill]\n"shared.sql" = "shop.db"\n'}
    with pytest.raises(ProjectUnreadable, match=r"no shop/db\.py"):
        project(tmp_path, files)


def test_an_alembic_environment_is_seen(tmp_path: Path) -> None:
    assert project(tmp_path, {"alembic.ini": "[alembic]\n"}).has_migrations


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectUnreadable, match="no folder"):
        read_project(tmp_path / "gone", {})


def test_configuration_outside_of_the_project_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere.toml": 'package = "shop"\n', "project/x": ""})
    (tmp_path / "project" / "keywright.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(Exception, match="through a link"):
        read_project(tmp_path / "project", {})
