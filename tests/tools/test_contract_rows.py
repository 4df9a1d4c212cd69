import json
from pathlib import Path

import pytest

from tools.contract_rows import DATABASES, main

OPERATION = {"get": {"responses": dict.fromkeys(("200", "401"), "")}}


def folders(tmp_path: Path, *, noted: str) -> list[str]:
    documents, rows = tmp_path / "openapi", tmp_path / "rows"
    for folder in (documents, rows):
        folder.mkdir()
    (documents / "small-auth.json").write_text(
        json.dumps({"paths": {"/me": OPERATION}})
    )
    (rows / "gw0.txt").write_text(noted)
    return [str(rows), str(documents)]


def answered_on(*storages: str, status: str = "200") -> str:
    return "\n".join(f"small-auth {one} get /me {status}" for one in storages)


def test_what_every_database_answered_passes_silently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(folders(tmp_path, noted=answered_on(*DATABASES))) == 0
    assert not capsys.readouterr().out


def test_a_row_that_one_database_never_answered_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = answered_on("sqlite", "postgres", "mysql", "mongo+redis", "included")
    assert main(folders(tmp_path, noted=noted)) == 1
    shown = capsys.readouterr().out
    assert shown == "small-auth: GET /me 200: by no test on mongo\n"


def test_a_refusal_is_not_the_answer_that_was_promised(tmp_path: Path) -> None:
    noted = answered_on(*DATABASES, status="401")
    assert main(folders(tmp_path, noted=noted)) == 1


def test_the_notes_of_all_test_processes_count(tmp_path: Path) -> None:
    arguments = folders(tmp_path, noted=answered_on(*DATABASES[:2]))
    (tmp_path / "rows" / "gw1.txt").write_text(answered_on(*DATABASES[2:]))
    assert main(arguments) == 0


def test_without_any_document_nothing_was_shown(tmp_path: Path) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 1
