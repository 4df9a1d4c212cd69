from pathlib import Path

import pytest

from keywright.emit.graph import Selection, read
from keywright.emit.requirements import Catalog, declared
from keywright.emit.travel import Reach, Travelling, travelling
from keywright.registry.choices import Choices
from tests.emit.builders import source

CATALOG = Catalog(declared(["asyncpg>=1", "redis>=1"]))
REACH = Reach(Choices("shop", database="postgresql"), CATALOG)
LIBRARY = {
    "acme/features/users/policy.py": "",
    "acme/features/users/store.py": "",
    "acme/features/users/memory.py": "from acme.features.users.store import x\n",
    "acme/features/orders/memory.py": "from acme.features.orders.store import x\n",
    "acme/features/orders/store.py": "",
    "acme/cli.py": "",
}


def travelled(folder: Path, tests: dict[str, str]) -> Travelling:
    library = source(folder, {**LIBRARY, **tests})
    names = ("acme.features.users.policy", "acme.features.users.store")
    copied = {name: read(library, name, Selection()) for name in names}
    return travelling(library, copied, Selection(), REACH)


def test_a_test_of_copied_modules_travels(tmp_path: Path) -> None:
    tests = {"tests/test_a.py": "from acme.features.users.policy import x\n"}
    assert set(travelled(tmp_path, tests).tests) == {"tests.test_a"}


def test_a_test_that_imports_anything_else_stays(tmp_path: Path) -> None:
    text = "from acme.features.users.policy import x\nfrom acme.cli import y\n"
    assert not travelled(tmp_path, {"tests/test_a.py": text}).tests


def test_a_test_of_nothing_copied_stays(tmp_path: Path) -> None:
    assert not travelled(tmp_path, {"tests/test_a.py": "import os\n"}).tests


def test_a_helper_travels_with_its_test(tmp_path: Path) -> None:
    tests = {
        "tests/test_a.py": "from tests.builders import user\n",
        "tests/builders.py": "from acme.features.users.policy import x\n",
        "tests/others.py": "from acme.features.users.policy import x\n",
    }
    found = travelled(tmp_path, tests).tests
    assert set(found) == {"tests.test_a", "tests.builders"}


def test_a_helper_imported_as_a_module_travels(tmp_path: Path) -> None:
    tests = {
        "tests/test_a.py": "from tests import builders\n",
        "tests/builders.py": "from acme.features.users.policy import x\n",
    }
    assert "tests.builders" in travelled(tmp_path, tests).tests


def test_a_test_stays_with_its_helper(tmp_path: Path) -> None:
    tests = {
        "tests/test_a.py": """\
            from acme.features.users.policy import x
            from tests.builders import user
            """,
        "tests/builders.py": "from acme.cli import y\n",
    }
    assert not travelled(tmp_path, tests).tests


def test_the_twin_that_a_test_needs_travels(tmp_path: Path) -> None:
    tests = {"tests/test_a.py": "from acme.features.users.memory import Users\n"}
    found = travelled(tmp_path, tests)
    assert set(found.twins) == {"acme.features.users.memory"}
    assert set(found.tests) == {"tests.test_a"}


def test_a_twin_of_something_not_copied_keeps_its_test_here(tmp_path: Path) -> None:
    text = """\
        from acme.features.users.policy import x
        from acme.features.orders.memory import Orders
        """
    assert not travelled(tmp_path, {"tests/test_a.py": text}).tests


def test_the_fixtures_of_its_folders_travel(tmp_path: Path) -> None:
    tests = {
        "tests/conftest.py": "",
        "tests/users/conftest.py": "from acme.features.users.store import x\n",
        "tests/orders/conftest.py": "",
        "tests/users/test_a.py": "from acme.features.users.policy import x\n",
    }
    found = travelled(tmp_path, tests).tests
    assert set(found) == {
        "tests.conftest",
        "tests.users.conftest",
        "tests.users.test_a",
    }


def test_a_test_whose_fixtures_cannot_travel_stays(tmp_path: Path) -> None:
    tests = {
        "tests/conftest.py": "from acme.cli import y\n",
        "tests/test_a.py": "from acme.features.users.policy import x\n",
    }
    assert not travelled(tmp_path, tests).tests


def test_a_test_with_a_tool_nobody_can_ask_for_stays(tmp_path: Path) -> None:
    text = "import unknown\nfrom acme.features.users.policy import x\n"
    assert not travelled(tmp_path, {"tests/test_a.py": text}).tests


def test_a_test_of_the_chosen_alternative_travels(tmp_path: Path) -> None:
    library = source(
        tmp_path,
        {
            "acme/mailer_one.py": "",
            "tests/test_a.py": "from acme.mailer_one import x\n",
            "tests/test_b.py": "from acme.mailer_two import x\n",
        },
    )
    selection = Selection({"acme.mailer": "acme.mailer_one"})
    copied = {"acme.mailer": read(library, "acme.mailer", selection)}
    found = travelling(library, copied, selection, REACH)
    assert set(found.tests) == {"tests.test_a"}


@pytest.mark.parametrize(
    ("line", "travels"),
    [
        ("import asyncpg", True),
        ("import redis", False),
        ('URL = "postgresql://db/x"', True),
        ('URL = "sqlite:///x"', False),
        ('URL = "redis://db/0"', False),
    ],
)
def test_a_test_travels_with_the_stores_it_needs(
    tmp_path: Path, line: str, travels: bool
) -> None:
    text = f"{line}\nfrom acme.features.users.policy import x\n"
    found = travelled(tmp_path, {"tests/test_a.py": text}).tests
    assert bool(found) is travels


def test_a_test_of_the_product_itself_stays(tmp_path: Path) -> None:
    tests = {"tests/emit/test_a.py": "from acme.features.users.policy import x\n"}
    assert not travelled(tmp_path, tests).tests
