"""`add`, `init` and `upgrade`, killed or without room: as before, or wholly done."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from keywright.emit.adding import planned
from keywright.emit.apply import recover
from keywright.emit.changes import carry_out
from keywright.emit.releases import from_folder
from keywright.emit.source import installed
from keywright.emit.starting import Start, initialised
from keywright.emit.upgrading import carry_out as carry_out_upgrade
from keywright.emit.upgrading import upgraded
from keywright.registry.items import ITEMS
from tests.emit.builders import tree
from tests.emit.interrupted_commands import killed, without_rights, without_room

SHOP = {"package": "shop"}
Work = Callable[[], None]
CORS = Path("shop", "shared", "cors.py")


def adding(root: Path, name: str = "component/cors") -> Work:
    """Return the work of `add` in *root*."""
    prepared = planned(ITEMS[name], root, SHOP, ask=None)
    return partial(carry_out, prepared, version="1.0")


def initialising(root: Path) -> Work:
    """Return the work of `init` in *root*, with a small item for a blueprint."""
    start = Start(SHOP, ITEMS["schema/auth/user"])
    prepared = initialised(root, start, ask=None, writes=True)
    return partial(carry_out, prepared, version="1.0")


def upgrading(root: Path) -> Work:
    """Return the work of `upgrade` in *root*, whose copies are older."""
    adding(root)()
    (root / "keywright.toml").write_text('package = "shop"\nlayout = "mvc"\n')
    releases = from_folder(installed().root.parent)
    found = upgraded(root, version="2.0", releases=releases, writes=True)
    return partial(carry_out_upgrade, found)


WORKS = pytest.mark.parametrize("work_in", [adding, initialising, upgrading])


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that every user of the machine can enter."""
    folder = Path(tempfile.mkdtemp(prefix="open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def visible(root: Path) -> dict[str, bytes]:
    """Return the files of *root*; secrets count by their length, for each is new."""
    return {
        path: content if path != ".env" else bytes(len(content))
        for path, content in tree(root).items()
    }


@WORKS
def test_killed_at_any_moment_a_project_is_as_before_or_done(
    tmp_path: Path, work_in: Callable[[Path], Work]
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    work = work_in(whole)
    before = visible(whole)
    work()
    after = visible(whole)
    outcomes = set()
    for step in count(1, 7):
        root = tmp_path / str(step)
        root.mkdir()
        was_killed = killed(work_in(root), step)
        recover(root)
        assert visible(root) in (before, after), step
        outcomes.add(visible(root) == after)
        shutil.rmtree(root)
        if not was_killed:
            break
    assert outcomes == {True, False}


@WORKS
def test_without_room_a_project_is_as_before(
    tmp_path: Path, work_in: Callable[[Path], Work]
) -> None:
    work = work_in(tmp_path)
    before = visible(tmp_path)
    assert without_room(work, 600)
    assert visible(tmp_path) == before


@WORKS
def test_where_nothing_may_be_written_a_project_is_as_before(
    open_folder: Path, work_in: Callable[[Path], Work]
) -> None:
    work = work_in(open_folder)
    before = visible(open_folder)
    assert without_rights(work, open_folder)
    assert visible(open_folder) == before


def test_the_next_command_goes_on_where_the_killed_one_stopped(tmp_path: Path) -> None:
    step = next(step for step in count(1, 3) if not _is_untouched_after(tmp_path, step))
    adding(tmp_path, "component/shutdown")()
    assert step
    assert (tmp_path / CORS).exists()
    assert (tmp_path / "shop/shared/shutdown.py").exists()


def _is_untouched_after(root: Path, step: int) -> bool:
    assert killed(adding(root), step)
    return not any(name.endswith("forward.json") for name in _names(root))


def _names(root: Path) -> list[str]:
    return [str(path) for path in root.rglob("*") if os.path.lexists(path)]
