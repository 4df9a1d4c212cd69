from pathlib import Path

import pytest

from keywright.emit.plan import Plan, plan
from keywright.emit.refusals import PlanRefused
from keywright.emit.requirements import Catalog, declared, of_this_distribution
from keywright.emit.source import installed
from keywright.registry.blueprints import HYBRID_AUTH
from keywright.registry.item import Item
from keywright.registry.slots import Alternative, Slot
from tests.emit.builders import project, source

CATALOG = Catalog(declared(["fastapi>=1", "aiosqlite>=2", "redis>=3", "uvicorn>=4"]))
SQLITE = frozenset({"sqlite"})
STORAGE = Slot(
    "blueprints.demo.storage",
    (
        Alternative("sql", {"database": SQLITE, "cache": frozenset({"none"})}),
        Alternative(
            "redis", {"database": SQLITE, "cache": frozenset({"redis"})}, ("fastapi",)
        ),
    ),
)
ITEM = Item(
    "blueprint/demo",
    "A demonstration",
    roots=("blueprints.demo.app",),
    slots=(STORAGE,),
    needs=("uvicorn",),
    start="run {package}.main",
)
FILES = {
    "acme/blueprints/demo/app.py": """\
        from fastapi import FastAPI

        from acme.blueprints.demo.storage import open_stores
        from acme.features.users.service import Users
        """,
    "acme/blueprints/demo/storage.py": """\
        from acme.blueprints.demo.storage_redis import open_stores as redis
        from acme.blueprints.demo.storage_sql import open_stores as sql
        """,
    "acme/blueprints/demo/storage_sql.py": "from acme.shared.sql import Base\n",
    "acme/blueprints/demo/storage_redis.py": "from acme.shared.redis import Redis\n",
    "acme/features/users/service.py": "from acme.features.users.store import Store\n",
    "acme/features/users/store.py": "class Store: ...\n",
    "acme/features/users/memory.py": "from acme.features.users.store import Store\n",
    "acme/shared/sql.py": "Base = 1\n\nfrom acme.shared.drivers import x\n",
    "acme/shared/drivers.py": "x = 1\n",
    "acme/shared/redis.py": "",
    "tests/features/users/test_service.py": """\
        import pytest

        from acme.features.users.memory import Users

        @pytest.mark.attack
        @pytest.mark.timeout(9)
        def test_x() -> None: ...
        """,
}
MVC = {
    "shop/__init__.py",
    "shop/controllers/__init__.py",
    "shop/main.py",
    "shop/storage.py",
    "shop/core/__init__.py",
    "shop/core/drivers.py",
    "shop/core/sql.py",
    "shop/services/__init__.py",
    "shop/services/users.py",
    "shop/repositories/__init__.py",
    "shop/repositories/protocols/__init__.py",
    "shop/repositories/protocols/users.py",
    "tests/__init__.py",
    "tests/features/__init__.py",
    "tests/features/users/__init__.py",
    "tests/features/users/test_service.py",
    "tests/memory/__init__.py",
    "tests/memory/users.py",
}


def planned(
    folder: Path,
    *,
    changed: dict[str, str] | None = None,
    own: dict[str, str] | None = None,
    **choices: str,
) -> Plan:
    library = source(folder / "library", {**FILES, **(changed or {})})
    target = project(folder / "project", own, **choices)
    return plan(ITEM, target, source=library, catalog=CATALOG)


def test_everything_goes_to_its_place(tmp_path: Path) -> None:
    found = set(planned(tmp_path, layout="mvc").files)
    assert found == MVC - {"shop/controllers/__init__.py"}


def test_imports_lead_to_the_new_places(tmp_path: Path) -> None:
    files = planned(tmp_path, layout="mvc").files
    assert "from shop.services.users import Users" in files["shop/main.py"]
    assert (
        "from tests.memory.users import"
        in files["tests/features/users/test_service.py"]
    )


def test_the_chosen_alternative_has_the_name_of_the_slot(tmp_path: Path) -> None:
    files = planned(tmp_path, layout="feature").files
    assert files["shop/storage.py"] == "from shop.shared.sql import Base\n"
    assert "shop/shared/redis.py" not in files


def test_another_choice_brings_another_alternative(tmp_path: Path) -> None:
    found = planned(tmp_path, layout="feature", cache="redis")
    assert "shop/shared/redis.py" in found.files
    assert "shop/shared/sql.py" not in found.files


def test_a_choice_without_an_alternative_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match="cache = none, database = mongodb"):
        planned(tmp_path, database="mongodb")


def test_packages_go_where_the_project_keeps_them(tmp_path: Path) -> None:
    files = planned(tmp_path, own={"src/shop/x.py": ""}).files
    assert "src/shop/main.py" in files
    assert "src/__init__.py" not in files
    assert "tests/memory/users.py" in files


def test_code_that_names_the_product_is_refused(tmp_path: Path) -> None:
    changed = {"acme/shared/sql.py": "Base = 1\n\n# As ACME does\n"}
    with pytest.raises(PlanRefused, match=r"acme\.shared\.sql, line 3"):
        planned(tmp_path, changed=changed)


def test_two_projects_share_no_text_with_a_secret(tmp_path: Path) -> None:
    assert "SECRET" not in "".join(planned(tmp_path).edits.values())


def test_requirements_follow_from_imports_slots_and_the_item(tmp_path: Path) -> None:
    found = planned(tmp_path).requirements
    assert found == ["aiosqlite>=2", "fastapi>=1", "uvicorn>=4"]


def test_an_import_that_nothing_brings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match="numpy"):
        planned(tmp_path, changed={"acme/shared/sql.py": "import numpy\n"})


def test_marks_of_travelling_tests_are_declared(tmp_path: Path) -> None:
    text = planned(tmp_path).edits["pyproject.toml"]
    assert "attack: plays an attacker" in text
    assert "fault:" not in text


def test_a_mark_of_a_plug_in_brings_the_plug_in(tmp_path: Path) -> None:
    found = planned(tmp_path).test_requirements
    assert "pytest-timeout>=2.4.0" in found
    assert not [one for one in found if "xdist" in one]


def test_choices_are_written_down(tmp_path: Path) -> None:
    text = planned(tmp_path, layout="mvc").edits["keywright.toml"]
    assert text.startswith('layout = "mvc"\npackage = "shop"\ndatabase = "sqlite"\n')


def test_a_module_of_the_project_fills_a_slot(tmp_path: Path) -> None:
    own = {
        "keywright.toml": 'package = "shop"\n[fill]\n"shared.sql" = "shop.db"\n',
        "shop/db.py": "Base = 1\n",
    }
    files = planned(tmp_path, own=own).files
    assert "shop/shared/sql.py" not in files
    assert files["shop/storage.py"] == "from shop.db import Base\n"


def test_a_fill_without_the_needed_names_is_refused(tmp_path: Path) -> None:
    own = {
        "keywright.toml": 'package = "shop"\n[fill]\n"shared.sql" = "shop.db"\n',
        "shop/db.py": "Other = 1\n",
    }
    with pytest.raises(PlanRefused, match=r"shop\.db .* does not define Base"):
        planned(tmp_path, own=own)


def test_a_fill_of_something_unknown_is_refused(tmp_path: Path) -> None:
    own = {
        "keywright.toml": 'package = "shop"\n[fill]\n"shared.sqll" = "shop.db"\n',
        "shop/db.py": "Base = 1\n",
    }
    with pytest.raises(PlanRefused, match=r"fills shared\.sqll"):
        planned(tmp_path, own=own)


def test_next_steps_are_commands(tmp_path: Path) -> None:
    assert "uv run run shop.main" in planned(tmp_path).next_steps


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_hybrid_auth_starts_with_its_tables(tmp_path: Path, database: str) -> None:
    target = project(tmp_path, database=database)
    ours = Catalog(of_this_distribution())
    started = plan(HYBRID_AUTH, target, source=installed(), catalog=ours).started
    assert "op.f('pk_users')" in started["migrations/versions/0001_create_tables.py"]
    assert "from shop.settings import Settings" in started["migrations/env.py"]


def test_a_project_with_migrations_keeps_them(tmp_path: Path) -> None:
    target = project(tmp_path, {"alembic.ini": "[alembic]\n"})
    ours = Catalog(of_this_distribution())
    found = plan(HYBRID_AUTH, target, source=installed(), catalog=ours)
    assert found.started == {}
    assert "uv run alembic revision --autogenerate -m hybrid-auth" in found.next_steps
