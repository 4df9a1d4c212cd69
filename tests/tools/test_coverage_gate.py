import json
from pathlib import Path

import pytest

from tools.coverage_gate import Measured, main

POLICY = "src/keywright/features/users/policy.py"


def report(
    folder: Path, path: str, *, lines: list[int], branches: list[list[int]]
) -> str:
    measured = Measured(missing_lines=lines, missing_branches=branches)
    file = folder / "report.json"
    file.write_text(json.dumps({"files": {path: measured}}))
    return str(file)


def test_a_policy_with_every_branch_taken_passes(tmp_path: Path) -> None:
    assert main([report(tmp_path, POLICY, lines=[], branches=[])]) == 0


def test_a_branch_that_is_never_taken_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([report(tmp_path, POLICY, lines=[], branches=[[4, 7]])]) == 1
    assert "4->7" in capsys.readouterr().out


def test_a_line_that_is_never_run_fails(tmp_path: Path) -> None:
    service = POLICY.replace("policy", "service")
    assert main([report(tmp_path, service, lines=[3], branches=[])]) == 1


def test_a_report_without_any_decision_fails(tmp_path: Path) -> None:
    other = "src/keywright/features/users/sql.py"
    assert main([report(tmp_path, other, lines=[3], branches=[])]) == 1
