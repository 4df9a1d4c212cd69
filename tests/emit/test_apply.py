import fcntl
import os
import stat
from pathlib import Path

import pytest

from keywright.emit.apply import WORK_NAME, Change, apply, recover
from keywright.emit.lock import digest
from keywright.emit.paths import PathRefused
from keywright.emit.refusals import ApplyFailed
from tests.emit.builders import tree, write


def change(path: str, text: str, before: str | None = None, **more: bool) -> Change:
    known = None if before is None else digest(before.encode())
    return Change(path, text.encode(), known, **more)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_files_appear_with_their_folders(tmp_path: Path) -> None:
    apply(tmp_path, [change("a/b/c.py", "x"), change("d.py", "y")])
    assert tree(tmp_path) == {"a/b/c.py": b"x", "d.py": b"y"}


def test_a_file_is_replaced(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old"})
    apply(tmp_path, [change("a.py", "new", "old")])
    assert tree(tmp_path) == {"a.py": b"new"}


def test_what_is_replaced_is_kept_on_request(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "old", "a.py.orig": "older"})
    apply(tmp_path, [change("a.py", "new", "old", keep=True)])
    expected = {"a.py": b"new", "a.py.orig": b"older", "a.py.orig1": b"old"}
    assert tree(tmp_path) == expected


def test_a_private_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    apply(tmp_path, [change(".env", "x", private=True)])
    assert mode(tmp_path / ".env") == 0o600


def test_a_private_file_becomes_private(tmp_path: Path) -> None:
    write(tmp_path, {".env": "old"})
    (tmp_path / ".env").chmod(0o644)
    apply(tmp_path, [change(".env", "x", "old", private=True)])
    assert mode(tmp_path / ".env") == 0o600


def test_a_replaced_file_keeps_its_rights(tmp_path: Path) -> None:
    write(tmp_path, {"run.py": "old"})
    (tmp_path / "run.py").chmod(0o775)
    apply(tmp_path, [change("run.py", "x", "old")])
    assert mode(tmp_path / "run.py") == 0o775


def test_a_file_that_changed_since_the_plan_stops_everything(tmp_path: Path) -> None:
    write(tmp_path, {"b.py": "newer"})
    with pytest.raises(ApplyFailed, match=r"b\.py changed meanwhile"):
        apply(tmp_path, [change("a.py", "x"), change("b.py", "x", "old")])
    assert tree(tmp_path) == {"b.py": b"newer"}


def test_a_path_that_leads_out_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "project").mkdir()
    with pytest.raises(PathRefused):
        apply(tmp_path / "project", [change("a.py", "x"), change("../b.py", "x")])
    assert tree(tmp_path) == {}


def test_one_file_is_not_written_twice(tmp_path: Path) -> None:
    write(tmp_path, {"real/x": ""})
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(ApplyFailed, match="written twice"):
        apply(tmp_path, [change("real/a.py", "x"), change("link/a.py", "y")])


def test_nothing_is_written_while_another_command_writes(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(ApplyFailed, match="Another command"):
        apply(tmp_path, [change("a.py", "x")])
    os.close(folder)
    assert tree(tmp_path) == {}


def test_a_working_folder_that_leads_out_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/forward.json": "[]", "project/x": ""})
    (tmp_path / "project" / WORK_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ApplyFailed, match="no folder"):
        recover(tmp_path / "project")
    assert (tmp_path / "elsewhere" / "forward.json").exists()


def test_a_missing_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ApplyFailed, match="no folder"):
        apply(tmp_path / "gone", [])


def test_what_was_only_prepared_is_thrown_away(tmp_path: Path) -> None:
    write(tmp_path, {f"{WORK_NAME}/new-0": "x", "a.py": "old"})
    recover(tmp_path)
    assert tree(tmp_path) == {"a.py": b"old"}
    assert not (tmp_path / WORK_NAME).exists()
