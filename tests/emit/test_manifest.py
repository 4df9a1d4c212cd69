import tomllib
from textwrap import dedent

import pytest

from keywright.emit.manifest import (
    Needs,
    falling_short,
    manifest_text,
    requirements_text,
)
from keywright.emit.refusals import ProjectUnreadable

NEEDS = Needs(("fastapi>=1", "sqlalchemy[asyncio]>=2"), ("pytest>=9",), {}, "")


def after(text: str | None, needs: Needs = NEEDS) -> str:
    current = None if text is None else dedent(text)
    return manifest_text(current, package="shop", needs=needs) or ""


def test_a_new_manifest_asks_for_everything() -> None:
    data = tomllib.loads(after(None))
    assert data["project"]["dependencies"] == ["fastapi>=1", "sqlalchemy[asyncio]>=2"]
    assert data["dependency-groups"]["test"] == ["pytest>=9"]


def test_comments_and_order_stay() -> None:
    text = """\
        # ours
        [project]
        name = "shop"  # the name
        dependencies = [
            "click>=8",  # for the command
        ]

        [tool.other]
        x = 1
        """
    found = after(text)
    assert "# ours" in found
    assert "# the name" in found
    assert '"click>=8",  # for the command' in found
    assert found.index("[project]") < found.index("[tool.other]")


def test_a_requirement_that_admits_too_early_a_version_is_raised() -> None:
    text = """\
        [project]
        name = "shop"
        dependencies = [
            "FastAPI >=0.9, <3 ; python_version > '3'",  # theirs
        ]
        """
    found = after(text)
    assert "\"FastAPI >=1, <3 ; python_version > '3'\",  # theirs" in found


def test_poetry_and_requirements_files_are_raised_too() -> None:
    text = '[tool.poetry.dependencies]\nfastapi = ">=0.9"\n'
    poetry = tomllib.loads(after(text))["tool"]["poetry"]["dependencies"]
    assert poetry["fastapi"] == ">=1"
    current = "fastapi>=0.9  # theirs\n"
    assert requirements_text(current, ["fastapi>=1"]) == "fastapi>=1  # theirs\n"


def test_what_admits_no_needed_version_is_told_and_stays() -> None:
    texts = {"pyproject.toml": '[project]\ndependencies = ["FastAPI==0.9"]\n'}
    (told,) = falling_short(texts, NEEDS)
    assert told.startswith("FastAPI==0.9 is asked for, fastapi>=1 is needed")
    assert falling_short({"requirements.txt": "fastapi>=0.9\n"}, NEEDS) == []


def test_a_requirement_that_is_there_keeps_its_version() -> None:
    text = '[project]\nname = "shop"\ndependencies = ["FastAPI==0.9"]\n'
    found = tomllib.loads(after(text))["project"]["dependencies"]
    assert found == ["FastAPI==0.9", "sqlalchemy[asyncio]>=2"]


def test_adding_twice_changes_nothing() -> None:
    once = after(None)
    assert after(once) == once


def test_test_options_that_are_there_stay() -> None:
    text = """\
        [project]
        name = "shop"

        [tool.pytest.ini_options]
        asyncio_mode = "strict"
        """
    options = tomllib.loads(after(text))["tool"]["pytest"]["ini_options"]
    assert options["asyncio_mode"] == "strict"


def test_the_folder_of_the_packages_is_on_the_path_of_the_tests() -> None:
    options = tomllib.loads(after(None, Needs((), ("pytest>=9",), {}, "src")))["tool"][
        "pytest"
    ]
    assert options["ini_options"]["pythonpath"] == [".", "src"]


def test_marks_are_declared_once() -> None:
    needs = Needs((), ("pytest>=9",), {"attack": "plays an attacker"}, "")
    options = tomllib.loads(after(after(None, needs), needs))["tool"]["pytest"]
    assert options["ini_options"]["markers"] == ["attack: plays an attacker"]


def test_only_a_new_project_refuses_marks_that_nobody_declared() -> None:
    new = tomllib.loads(after(None))["tool"]["pytest"]["ini_options"]
    known = tomllib.loads(after('[project]\nname = "shop"\n'))["tool"]["pytest"]
    assert new["addopts"] == ["--strict-markers"]
    assert "addopts" not in known["ini_options"]


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "shop"\ndynamic = ["dependencies"]\n',
        'project = "no table"\n',
        "[project]\ndependencies = 1\n",
    ],
)
def test_a_manifest_that_cannot_hold_requirements_is_refused(text: str) -> None:
    with pytest.raises(ProjectUnreadable, match=r"pyproject\.toml"):
        after(text)


def test_a_manifest_that_is_no_toml_is_refused() -> None:
    with pytest.raises(ProjectUnreadable, match="cannot be read"):
        after("[project\n")


def test_poetry_gets_them_in_its_own_tables() -> None:
    text = '[tool.poetry]\nname = "shop"\n\n[tool.poetry.dependencies]\nFastAPI = "*"\n'
    poetry = tomllib.loads(after(text))["tool"]["poetry"]
    assert poetry["dependencies"] == {
        "FastAPI": "*",
        "sqlalchemy": {"version": ">=2", "extras": ["asyncio"]},
    }
    assert poetry["group"]["test"]["dependencies"] == {"pytest": ">=9"}


def test_where_requirements_stand_apart_only_test_options_are_added() -> None:
    needs = Needs(("fastapi>=1",), ("pytest>=9",), {}, "", apart=True)
    data = tomllib.loads(after("[tool.other]\nx = 1\n", needs))
    assert data.keys() == {"tool"}
    assert data["tool"]["other"] == {"x": 1}
    assert data["tool"]["pytest"]["ini_options"]["testpaths"] == ["tests"]


def test_a_requirements_file_gets_what_it_lacks() -> None:
    current = "# ours\nFastAPI==0.9\n-r more.txt\n"
    found = requirements_text(current, ["fastapi>=1", "pytest>=9"])
    assert found == f"{current}pytest>=9\n"
    assert requirements_text(found, ["pytest>=9"]) == found


def test_an_extra_that_is_missing_is_added_and_the_version_stays() -> None:
    text = '[project]\nname = "shop"\ndependencies = ["SQLAlchemy==2.1", "fastapi"]\n'
    once = after(text)
    found = tomllib.loads(once)["project"]["dependencies"]
    assert found == ["SQLAlchemy==2.1", "fastapi", "sqlalchemy[asyncio]"]
    assert after(once) == once


def test_poetry_adds_it_to_what_is_there() -> None:
    text = '[tool.poetry.dependencies]\nsqlalchemy = "^2"\nfastapi = "*"\n'
    once = after(text)
    asked = tomllib.loads(once)["tool"]["poetry"]["dependencies"]["sqlalchemy"]
    assert asked == {"version": "^2", "extras": ["asyncio"]}
    assert after(once) == once
