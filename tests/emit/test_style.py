import sys
from pathlib import Path

import pytest

from keywright.emit.refusals import PlanRefused
from keywright.emit.style import find_ruff, styled
from tests.emit.builders import write

RUFF = Path(sys.executable).parent / "ruff"


def formatted(project: Path, files: dict[str, str]) -> dict[str, str]:
    ruff = find_ruff()
    assert ruff is not None
    return dict(styled(ruff, files, project=project))


def test_imports_are_sorted_and_text_is_formatted(tmp_path: Path) -> None:
    files = {"a.py": "import sys\nimport os\nx = {'a':1}\nprint(os, sys, x)\n"}
    expected = 'import os\nimport sys\n\nx = {"a": 1}\nprint(os, sys, x)\n'
    assert formatted(tmp_path, files)["a.py"] == expected


def test_remarks_for_rules_of_others_are_removed(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": 'lint.select = ["S101"]\n'})
    text = "assert 1  # noqa: S101\nx = 1  # noqa: PLR0913\n"
    expected = "assert 1  # noqa: S101\nx = 1\n"
    assert formatted(tmp_path, {"a.py": text})["a.py"] == expected


def test_what_other_rules_find_stays(tmp_path: Path) -> None:
    assert formatted(tmp_path, {"a.py": "import os\n"})["a.py"] == "import os\n"


def test_the_nearest_configuration_counts(tmp_path: Path) -> None:
    manifest = '[project]\nname = "x"\n'
    files = {
        "ruff.toml": 'format.quote-style = "single"',
        "in/pyproject.toml": manifest,
    }
    write(tmp_path, files)
    assert formatted(tmp_path / "in", {"a.py": 'x = "a"\n'})["a.py"] == "x = 'a'\n"


def test_other_files_than_python_stay(tmp_path: Path) -> None:
    files = {"x.ini": "a  =  1\n", "a.py": ""}
    assert formatted(tmp_path, files) == files


def test_a_configuration_that_ruff_cannot_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": "line-length = 'long'\n"})
    with pytest.raises(PlanRefused, match="ruff refused"):
        formatted(tmp_path, {"a.py": ""})


def test_the_project_is_not_touched(tmp_path: Path) -> None:
    formatted(tmp_path, {"a.py": "x=1\n"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("status", "is_there"), [("0", True), ("1", False)])
def test_where_no_ruff_is_installed_uv_may_bring_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: str, *, is_there: bool
) -> None:
    uv = tmp_path / "uv"
    uv.write_text(f'#!/bin/sh\nshift 6\n[ {status} = 0 ] && exec {RUFF} "$@"\n')
    uv.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    ruff = find_ruff()
    assert (ruff is not None) is is_there
    if ruff is not None:
        assert styled(ruff, {"a.py": "x=1\n"}, project=tmp_path) == {"a.py": "x = 1\n"}


def test_without_ruff_and_uv_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert find_ruff() is None
