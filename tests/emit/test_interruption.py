"""Whatever happens to a process that writes, the project is whole afterwards."""

import subprocess
import sys
from pathlib import Path

from keywright.emit.apply import WORK_NAME, recover
from tests.emit.builders import tree
from tests.emit.interrupted import AFTER, BEFORE


def interrupted(folder: Path, how: str) -> list[Path]:
    """Return projects, each interrupted one step later than the one before."""
    command = [sys.executable, "-m", "tests.emit.interrupted", str(folder), how]
    subprocess.run(command, check=True, timeout=60)
    (untouched,) = folder.glob("*-untouched")
    assert tree(untouched) == AFTER
    return [path for path in folder.iterdir() if path != untouched]


def test_killed_anywhere_the_project_is_as_before_or_done(tmp_path: Path) -> None:
    outcomes = set()
    for root in interrupted(tmp_path, "kill"):
        recover(root)
        assert not (root / WORK_NAME).exists()
        assert tree(root) in (BEFORE, AFTER), root
        outcomes.add(tree(root) == AFTER)
    assert outcomes == {True, False}


def test_with_an_error_anywhere_the_project_is_as_before_or_done(
    tmp_path: Path,
) -> None:
    for root in interrupted(tmp_path, "full"):
        recover(root)
        assert not (root / WORK_NAME).exists()
        is_done = root.name.endswith("done")
        assert tree(root) == (AFTER if is_done else BEFORE), root
        assert (root / "folder" / "new").exists() is is_done


def test_killed_again_while_recovering_the_project_is_whole(tmp_path: Path) -> None:
    for root in interrupted(tmp_path, "kill twice"):
        assert not (root / WORK_NAME).exists()
        assert tree(root) in (BEFORE, AFTER), root


def test_an_edit_between_death_and_recovery_is_not_lost(tmp_path: Path) -> None:
    for root in interrupted(tmp_path, "kill"):
        (root / "folder" / "old.py").write_bytes(b"edited")
        recover(root)
        assert b"edited" in tree(root).values(), root
