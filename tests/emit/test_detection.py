"""What is seen of an existing project."""

from pathlib import Path

import pytest

from keywright.emit.detection import detected
from tests.emit.builders import write

SHOP = {
    "pyproject.toml": """\
        [project]
        name = "shop"
        dependencies = ["fastapi>=0.1", "asyncpg>=0.1", "redis>=5"]
        """,
    "shop/__init__.py": "",
    "shop/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "shop/db.py": """\
        from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
        from sqlalchemy.orm import DeclarativeBase

        class Base(DeclarativeBase): ...

        sessions = async_sessionmaker(create_async_engine("scheme://"))
        """,
    "tests/__init__.py": "",
    "other/__init__.py": "",
}


def test_an_empty_folder_is_no_project(tmp_path: Path) -> None:
    assert detected(tmp_path) is None


def test_the_package_is_the_one_with_the_application(tmp_path: Path) -> None:
    found = detected(write(tmp_path, SHOP))
    assert found is not None
    assert (found.package, found.has_application) == ("shop", True)


def test_packages_below_src_are_seen(tmp_path: Path) -> None:
    files = {f"src/{path}": text for path, text in SHOP.items()}
    found = detected(write(tmp_path, files))
    assert found is not None
    assert found.package == "shop"


def test_the_base_and_the_sessions_are_found(tmp_path: Path) -> None:
    found = detected(write(tmp_path, SHOP))
    assert found is not None
    assert found.bases == [("shop.db", "Base")]
    assert found.sessions == ["shop.db"]


@pytest.mark.parametrize(
    "text",
    [
        "Base = declarative_base()\n",
        "Base = orm.declarative_base()\n",
        "class Base(orm.DeclarativeBase): ...\n",
        "class Base(AsyncAttrs, DeclarativeBase): ...\n",
    ],
)
def test_every_way_to_write_a_base_is_seen(tmp_path: Path, text: str) -> None:
    found = detected(write(tmp_path, {**SHOP, "shop/db.py": text}))
    assert found is not None
    assert found.bases == [("shop.db", "Base")]


def test_stores_follow_from_what_is_installed(tmp_path: Path) -> None:
    found = detected(write(tmp_path, SHOP))
    assert found is not None
    assert found.choices == {
        "database": "postgresql",
        "cache": "redis",
        "layout": "feature",
    }


@pytest.mark.parametrize(
    ("files", "database"),
    [
        ({"requirements.txt": "# x\npymysql==1\n", "pyproject.toml": ""}, "mysql"),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\nmotor = "^3"\n'},
            "mongodb",
        ),
    ],
)
def test_other_managers_are_read_too(
    tmp_path: Path, files: dict[str, str], database: str
) -> None:
    found = detected(write(tmp_path, {**SHOP, **files}))
    assert found is not None
    assert found.choices["database"] == database


def test_folders_of_the_mvc_layout_are_recognised(tmp_path: Path) -> None:
    found = detected(write(tmp_path, {**SHOP, "shop/controllers/x.py": ""}))
    assert found is not None
    assert found.choices["layout"] == "mvc"


@pytest.mark.attack
def test_nothing_is_imported_and_broken_files_are_passed_over(tmp_path: Path) -> None:
    hostile = {"shop/evil.py": "raise SystemExit\n", "shop/broken.py": "def (\n"}
    assert detected(write(tmp_path, {**SHOP, **hostile})) is not None
