from dataclasses import replace
from pathlib import Path

import pytest

from keywright.emit.changes import Prepared, State, carry_out, prepare
from keywright.emit.lock import read_lock
from keywright.emit.plan import Plan
from keywright.emit.refusals import ChangedByUser
from keywright.emit.variables import Variable
from tests.emit.builders import project, tree, write

PLAN = Plan(
    item="blueprint/demo",
    files={"shop/__init__.py": "", "shop/main.py": "X = 1\n"},
    started={},
    edits={"keywright.toml": 'package = "shop"\n'},
    requirements=(),
    test_requirements=(),
    variables=(Variable("AUTH_SECRET", "", "", fresh=True),),
    next_steps=(),
)


def prepared(folder: Path, text: str = "X = 1\n") -> Prepared:
    files = {**PLAN.files, "shop/main.py": text}
    return prepare(replace(PLAN, files=files), project(folder))


def add(folder: Path, text: str = "X = 1\n", *, force: bool = False) -> None:
    carry_out(prepared(folder, text), version="1.0", force=force)


def test_a_first_add_writes_everything(tmp_path: Path) -> None:
    add(tmp_path)
    assert set(tree(tmp_path)) == {
        ".env",
        "keywright.lock",
        "keywright.toml",
        "shop/__init__.py",
        "shop/main.py",
    }


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    add(tmp_path)
    before = tree(tmp_path)
    add(tmp_path)
    assert tree(tmp_path) == before


def test_preparing_writes_nothing(tmp_path: Path) -> None:
    prepared(tmp_path)
    assert tree(tmp_path) == {}


def test_a_newer_version_replaces_what_nobody_changed(tmp_path: Path) -> None:
    add(tmp_path)
    add(tmp_path, "X = 2\n")
    assert tree(tmp_path)["shop/main.py"] == b"X = 2\n"


def test_a_file_that_the_user_changed_stops_everything(tmp_path: Path) -> None:
    add(tmp_path)
    write(tmp_path, {"shop/main.py": "X = 'mine'\n"})
    before = tree(tmp_path)
    with pytest.raises(ChangedByUser, match=r"shop/main\.py"):
        add(tmp_path, "X = 2\n")
    assert tree(tmp_path) == before


def test_a_file_of_the_user_stops_everything(tmp_path: Path) -> None:
    write(tmp_path, {"shop/main.py": "X = 'mine'\n"})
    with pytest.raises(ChangedByUser, match="--force"):
        add(tmp_path)


def test_force_keeps_what_it_replaces(tmp_path: Path) -> None:
    write(tmp_path, {"shop/main.py": "mine\n"})
    add(tmp_path, force=True)
    assert tree(tmp_path)["shop/main.py.orig"] == b"mine\n"
    assert tree(tmp_path)["shop/main.py"] == b"X = 1\n"


def test_a_package_file_of_the_user_stays(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "mine = 1\n"})
    add(tmp_path)
    assert tree(tmp_path)["shop/__init__.py"] == b"mine = 1\n"
    lock = read_lock((tmp_path / "keywright.lock").read_text())
    assert lock.digest_of("shop/__init__.py") is None


def test_files_are_written_in_the_style_of_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": 'format.quote-style = "single"\n'})
    add(tmp_path, 'from os import path\nfrom ast import AST\n\nX = "x"\n')
    found = tree(tmp_path)["shop/main.py"].decode()
    assert found == "from ast import AST\nfrom os import path\n\nX = 'x'\n"


def test_own_packages_are_sorted_last_before_they_exist(tmp_path: Path) -> None:
    add(tmp_path, "from shop.a import x\nfrom fastapi import y\n\nprint(x, y)\n")
    found = tree(tmp_path)["shop/main.py"].decode()
    assert found.startswith("from fastapi import y\n\nfrom shop.a import x\n")


def test_the_lock_has_the_digest_of_what_was_written(tmp_path: Path) -> None:
    add(tmp_path, "X = { }\n")
    assert [step.state for step in prepared(tmp_path, "X={}\n").steps] == [
        State.SAME,
        State.SAME,
    ]
    write(tmp_path, {"shop/main.py": "X = {1}\n"})
    assert prepared(tmp_path, "X={}\n").changed == ["shop/main.py"]


def test_each_project_has_a_secret_of_its_own(tmp_path: Path) -> None:
    add(tmp_path / "a")
    add(tmp_path / "b")
    first, second = (tree(tmp_path / name)[".env"] for name in "ab")
    assert first.startswith(b"AUTH_SECRET=")
    assert len(first.strip()) == len("AUTH_SECRET=") + 64
    assert first != second


def test_the_secret_is_for_its_owner_alone(tmp_path: Path) -> None:
    add(tmp_path)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_a_secret_that_is_set_stays(tmp_path: Path) -> None:
    write(tmp_path, {".env": "AUTH_SECRET=mine\n"})
    add(tmp_path)
    assert tree(tmp_path)[".env"] == b"AUTH_SECRET=mine\n"


def test_what_was_only_started_belongs_to_the_project(tmp_path: Path) -> None:
    started = replace(PLAN, started={"migrations/env.py": "X = 1\n"})
    carry_out(prepare(started, project(tmp_path)), version="1.0")
    assert tree(tmp_path)["migrations/env.py"] == b"X = 1\n"
    lock = read_lock((tmp_path / "keywright.lock").read_text())
    assert lock.digest_of("migrations/env.py") is None
