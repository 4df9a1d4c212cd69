from pathlib import Path

import pytest

from keywright.emit.graph import Selection, closure
from keywright.emit.refusals import PlanRefused
from tests.emit.builders import source


def names(folder: Path, files: dict[str, str], selection: Selection) -> set[str]:
    return set(closure(source(folder, files), ["acme.a"], selection))


def test_imports_of_imports_are_needed(tmp_path: Path) -> None:
    files = {
        "acme/a.py": "from acme.b import x\n",
        "acme/b.py": "from acme.c import x\n",
        "acme/c.py": "",
        "acme/d.py": "",
    }
    assert names(tmp_path, files, Selection()) == {"acme.a", "acme.b", "acme.c"}


def test_imports_in_functions_and_for_types_are_needed(tmp_path: Path) -> None:
    files = {
        "acme/a.py": """\
            if TYPE_CHECKING:
                from acme.b import x

            def f():
                from acme.c import x
            """,
        "acme/b.py": "",
        "acme/c.py": "",
    }
    assert names(tmp_path, files, Selection()) == {"acme.a", "acme.b", "acme.c"}


def test_modules_that_need_each_other_are_no_endless_loop(tmp_path: Path) -> None:
    files = {
        "acme/a.py": "from acme.b import x\n",
        "acme/b.py": "from acme.a import x\n",
    }
    assert names(tmp_path, files, Selection()) == {"acme.a", "acme.b"}


def test_foreign_modules_are_not_followed(tmp_path: Path) -> None:
    files = {"acme/a.py": "import os\nfrom json import loads\nfrom acmeish import x\n"}
    assert names(tmp_path, files, Selection()) == {"acme.a"}


def test_the_chosen_alternative_takes_the_place_of_its_slot(tmp_path: Path) -> None:
    files = {
        "acme/a.py": "from acme.mailer import x\n",
        "acme/mailer.py": "from acme.mailer_two import x\n",
        "acme/mailer_one.py": "CHOSEN = 1\n",
        "acme/mailer_two.py": "",
    }
    selection = Selection(
        {"acme.mailer": "acme.mailer_one"}, frozenset({"acme.mailer_two"})
    )
    found = closure(source(tmp_path, files), ["acme.a"], selection)
    assert set(found) == {"acme.a", "acme.mailer"}
    assert found["acme.mailer"].text == "CHOSEN = 1\n"


def test_an_alternative_that_was_not_chosen_is_refused(tmp_path: Path) -> None:
    files = {
        "acme/a.py": "from acme.mailer_two import x\n",
        "acme/mailer_two.py": "",
    }
    with pytest.raises(PlanRefused, match=r"acme\.a, line 1: acme\.mailer_two"):
        names(tmp_path, files, Selection(others=frozenset({"acme.mailer_two"})))


def test_a_filled_module_is_not_needed(tmp_path: Path) -> None:
    files = {
        "acme/a.py": "from acme.sql import Base\n",
        "acme/sql.py": "from acme.c import x\n",
        "acme/c.py": "",
    }
    selection = Selection(filled={"acme.sql": "shop.db"})
    assert names(tmp_path, files, selection) == {"acme.a"}


def test_a_relative_import_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match=r"acme\.a, line 1: a relative import"):
        names(tmp_path, {"acme/a.py": "from .b import x\n"}, Selection())


def test_an_import_from_a_package_file_is_refused(tmp_path: Path) -> None:
    files = {"acme/a.py": "from acme.b import x\n", "acme/b/__init__.py": "x = 1\n"}
    with pytest.raises(PlanRefused, match=r"acme\.b is no module"):
        names(tmp_path, files, Selection())


def test_an_import_of_a_missing_module_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanRefused, match=r"acme\.gone is no module"):
        names(tmp_path, {"acme/a.py": "from acme.gone import x\n"}, Selection())
