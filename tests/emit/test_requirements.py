import pytest

from keywright.emit.refusals import PlanRefused
from keywright.emit.requirements import (
    Catalog,
    canonical,
    declared,
    foreign,
    of_this_distribution,
)
from keywright.registry.slots import STORES
from keywright.registry.travel import TEST_TOOLS
from tests.emit.builders import module

LINES = (
    "fastapi>=0.165.0",
    "argon2-cffi>=25.1.0",
    "SQLAlchemy[asyncio]>=2.1.9",
    "asyncpg>=0.32.0; extra == 'postgres'",
    'uvloop>=1; sys_platform != "win32" and extra == "fast"',
)
CATALOG = Catalog(declared(LINES))


def test_versions_are_those_of_this_distribution() -> None:
    assert CATALOG.product(["fastapi"], ["asyncpg"]) == [
        "asyncpg>=0.32.0",
        "fastapi>=0.165.0",
    ]


def test_extras_of_a_requirement_stay() -> None:
    assert CATALOG.product(["sqlalchemy"], []) == ["SQLAlchemy[asyncio]>=2.1.9"]


def test_other_conditions_than_extras_stay() -> None:
    expected = ['uvloop>=1; sys_platform != "win32"']
    assert CATALOG.product([], ["uvloop"]) == expected


def test_an_import_may_have_another_name_than_its_distribution() -> None:
    assert CATALOG.product(["argon2"], []) == ["argon2-cffi>=25.1.0"]


def test_an_import_that_comes_with_another_asks_for_that() -> None:
    assert CATALOG.product(["starlette", "fastapi"], []) == ["fastapi>=0.165.0"]


def test_an_import_that_nothing_brings_is_refused() -> None:
    with pytest.raises(PlanRefused, match="needs numpy"):
        CATALOG.product(["numpy"], [])


def test_foreign_is_what_neither_python_nor_the_project_has() -> None:
    modules = [module("acme.a", "os.path", "acme.b", "fastapi.routing", "tests.x")]
    assert foreign(modules, ["acme", "tests"]) == {"fastapi"}


def test_tests_bring_their_tools_and_what_runs_them() -> None:
    names = [canonical(one) for one in CATALOG.tests(["hypothesis"], [])]
    assert names == ["hypothesis", "pytest", "pytest-asyncio"]


def test_tests_bring_what_only_they_import() -> None:
    found = CATALOG.tests(["fastapi", "sqlalchemy"], ["fastapi>=0.165.0"])
    assert "SQLAlchemy[asyncio]>=2.1.9" in found
    assert "fastapi>=0.165.0" not in found


def test_this_distribution_declares_every_driver() -> None:
    declared_here = of_this_distribution()
    assert {store.driver for store in STORES} <= set(declared_here)


def test_names_are_compared_as_the_index_does() -> None:
    assert canonical("Ruamel.YAML_x>=1") == "ruamel-yaml-x"


def test_test_tools_are_known_by_one_name_each() -> None:
    assert len({canonical(tool) for tool in TEST_TOOLS}) == len(TEST_TOOLS)
