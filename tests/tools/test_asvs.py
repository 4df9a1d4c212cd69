"""The scoreboard counts tests that name a requirement, and nothing else."""

from pathlib import Path

import pytest

from tools.asvs.__main__ import main
from tools.asvs.page import WRITE
from tools.asvs.requirements import requirements


def module(folder: Path, text: str) -> str:
    """Write a test module and return the folder it is in."""
    (folder / "test_something.py").write_text(f"import pytest\n\n\n{text}\n")
    return str(folder)


def test_a_row_shows_the_tests_behind_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '@pytest.mark.asvs("V6.2.1")\nasync def test_it() -> None: ...'

    assert main([module(tmp_path, text)]) == 0
    shown = capsys.readouterr().out
    assert f"{tmp_path.name}/test_something.py::test_it" in shown
    assert "1 of 252" in shown


def test_two_tests_of_one_requirement_count_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '@pytest.mark.asvs("V6.2.1")\ndef test_{0}() -> None: ...\n'

    assert main(["--brief", module(tmp_path, text.format(1) + text.format(2))]) == 0
    assert "1 of 252" in capsys.readouterr().out


def test_a_mark_of_a_module_counts_for_each_of_its_tests(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marks = '[pytest.mark.asvs("V6.2.1"), pytest.mark.other]'
    tests = "def test_one() -> None: ...\n\n\ndef test_two() -> None: ..."

    assert main([module(tmp_path, f"pytestmark = {marks}\n\n\n{tests}")]) == 0
    shown = capsys.readouterr().out
    assert "::test_one" in shown
    assert "::test_two" in shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('@pytest.mark.asvs("V6.2.99")\ndef test_it() -> None: ...', "V6.2.99"),
        ('@pytest.mark.asvs("6.2.1")\ndef test_it() -> None: ...', "6.2.1"),
        ("@pytest.mark.asvs(ID)\ndef test_it() -> None: ...", "names no requirement"),
        ("@pytest.mark.asvs()\ndef test_it() -> None: ...", "names no requirement"),
        ('@pytest.mark.asvs("V6.2.1")\ndef helper() -> None: ...', "on no test"),
        ('pytestmark = pytest.mark.asvs("V6.2.1")', "on no test"),
    ],
)
def test_a_mark_that_proves_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    assert main(["--brief", module(tmp_path, text)]) == 1
    assert told in capsys.readouterr().err


def test_every_mark_of_this_project_names_a_listed_requirement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--brief", str(Path(__file__).parents[1])]) == 0, (
        capsys.readouterr().err
    )


def test_the_page_tells_the_score_that_holds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--page", str(Path(__file__).parents[1])]) == 0
    told = Path("docs/asvs.md").read_text("utf-8")
    assert told == capsys.readouterr().out, f"run: {WRITE}"


@pytest.mark.parametrize(
    "text", ["V1.1.1 1cB one\nV1.1.1 1cB two", "V1.1.1 4cB one", "V1.1.1"]
)
def test_a_list_that_is_not_in_order_is_refused(tmp_path: Path, text: str) -> None:
    listed = tmp_path / "requirements.txt"
    listed.write_text(text)

    with pytest.raises(ValueError, match=r"twice|not a row"):
        requirements(listed)
