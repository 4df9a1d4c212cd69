"""Copies that an older version wrote are brought up to date by this one.

The older version is real: the source of this one in a folder, changed there, and run.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from keywright.emit.fetching import Release
from keywright.emit.lock import digest, read_lock
from keywright.emit.merge import Outcome
from keywright.emit.refusals import NothingCopied, ReleaseMissing
from keywright.emit.releases import from_folder
from keywright.emit.requirements import of_this_distribution
from keywright.emit.source import installed
from keywright.emit.upgrading import Upgrade, carry_out, upgraded
from tests.emit.builders import tree

CORS = "shop/shared/cors.py"
EXTRA = "shop/shared/extra.py"
CLOSING, SHUTDOWN = "shop/shared/closing.py", "shop/shared/shutdown.py"
RESPONSES = "shop/shared/responses.py"
REFUSALS, MOVED = "shop/shared/refusals.py", "shop/shared/mine.py"
MAILER = "shop/senders/mailer.py"
NOW = "9.9"


def edit(path: Path, old: str, new: str) -> None:
    """Replace *old* in the file at *path*, which holds it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the source of an older version."""
    folder = tmp_path_factory.mktemp("older")
    package = folder / "keywright"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(installed().root, package, ignore=ignored)
    shared = package / "shared"
    edit(shared / "cors.py", "PREFLIGHT_SECONDS: Final = 600", "PREFLIGHT_SECONDS = 60")
    edit(
        shared / "cors.py",
        "METHODS: Final",
        "from keywright.shared.extra import x\n\nMETHODS: Final",
    )
    (shared / "extra.py").write_text('"""Something."""\n\nx = 1\n', encoding="utf-8")
    (shared / "shutdown.py").rename(shared / "closing.py")
    edit(shared / "closing.py", "part not closed", "not closed")
    components = package / "registry" / "components.py"
    console = (package / "senders" / "mailer_console.py").read_text("utf-8")
    plain = console.replace('"""Prints e-mails as text."""', '"""Prints."""')
    (package / "senders" / "mailer.py").write_text(plain, encoding="utf-8")
    edit(components, '"shared.html",', '"shared.html",\n        slots=(),')
    edit(components, '"shared.shutdown"', '"shared.closing"')
    return folder


@pytest.fixture(scope="module")
def template(older: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with what the older version wrote."""
    folder = tmp_path_factory.mktemp("project")
    release = from_folder(older)("")
    for name in ("cors", "shutdown", "error-handler", "email-service"):
        command = [*release.command, "add", "component", name, "--yes"]
        subprocess.run(
            [*command, "--cwd", str(folder), "--package", "shop"],
            env=dict(release.environment),
            check=True,
            capture_output=True,
        )
    assert (folder / EXTRA).exists()
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """Return a copy of that project for one test."""
    return Path(shutil.copytree(template, tmp_path / "shop"))


def upgrade(project: Path, older: Path) -> Upgrade:
    """Bring *project* up to date and return what was done."""
    found = upgraded(project, version=NOW, releases=from_folder(older), writes=True)
    carry_out(found)
    return found


def outcome(found: Upgrade, path: str) -> Outcome:
    """Return what became of *path*."""
    (step,) = [one for one in found.steps if one.path == path]
    return step.result.outcome


def ours(name: str) -> str:
    """Return the text of our own module, with the names that it has in a project."""
    return installed().text(f"keywright.shared.{name}").replace("keywright", "shop")


def test_a_file_that_nobody_changed_becomes_the_new_one(
    project: Path, older: Path
) -> None:
    found = upgrade(project, older)
    assert outcome(found, CORS) is Outcome.UPDATED
    assert (project / CORS).read_text("utf-8") == ours("cors")


def test_changes_of_both_sides_in_one_file_are_merged(
    project: Path, older: Path
) -> None:
    edit(project / CORS, "credentials=True", "credentials=False")
    found = upgrade(project, older)
    text = (project / CORS).read_text("utf-8")
    assert outcome(found, CORS) is Outcome.MERGED
    assert text == ours("cors").replace("credentials=True", "credentials=False")


def test_changes_of_both_sides_in_one_line_stand_between_marks(
    project: Path, older: Path
) -> None:
    edit(project / CORS, "PREFLIGHT_SECONDS = 60", "PREFLIGHT_SECONDS = 7")
    found = upgrade(project, older)
    lines = (project / CORS).read_text("utf-8").splitlines()
    assert found.conflicts == [CORS]
    assert {"PREFLIGHT_SECONDS = 7", "PREFLIGHT_SECONDS: Final = 600"} <= set(lines)
    assert "<<<<<<< yours" in lines


def test_a_renamed_file_takes_what_its_owner_changed_along(
    project: Path, older: Path
) -> None:
    edit(project / CLOSING, "seconds=5", "seconds=50")
    found = upgrade(project, older)
    text = (project / SHUTDOWN).read_text("utf-8")
    assert not (project / CLOSING).exists()
    assert outcome(found, SHUTDOWN) is Outcome.MERGED
    assert text == ours("shutdown").replace("seconds=5", "seconds=50")


def test_a_file_that_is_no_longer_part_is_removed(project: Path, older: Path) -> None:
    upgrade(project, older)
    assert not (project / EXTRA).exists()


def test_one_that_its_owner_changed_stays(project: Path, older: Path) -> None:
    edit(project / EXTRA, "x = 1", "x = 2")
    found = upgrade(project, older)
    assert outcome(found, EXTRA) is Outcome.LEFT
    assert "x = 2" in (project / EXTRA).read_text("utf-8")


def test_a_file_that_its_owner_deleted_does_not_come_back(
    project: Path, older: Path
) -> None:
    (project / CORS).unlink()
    found = upgrade(project, older)
    assert outcome(found, CORS) is Outcome.GONE
    assert not (project / CORS).exists()


def test_another_choice_brings_the_other_alternative(
    project: Path, older: Path
) -> None:
    edit(project / "keywright.toml", '"envelope"', '"problem"')
    found = upgrade(project, older)
    assert outcome(found, RESPONSES) is Outcome.UPDATED
    assert "application/problem+json" in (project / RESPONSES).read_text("utf-8")


def test_another_choice_keeps_what_its_owner_changed(
    project: Path, older: Path
) -> None:
    edit(project / "keywright.toml", '"envelope"', '"problem"')
    edit(project / RESPONSES, '"""Return a success without data."""', '"""Mine."""')
    upgrade(project, older)
    assert '"""Mine."""' in (project / RESPONSES).read_text("utf-8")


def test_a_file_that_its_owner_moved_is_brought_up_to_date_where_it_is(
    project: Path, older: Path
) -> None:
    (project / CORS).rename(project / MOVED)
    found = upgrade(project, older)
    assert outcome(found, CORS) is Outcome.MOVED
    assert outcome(found, MOVED) is Outcome.UPDATED
    assert (project / MOVED).read_text("utf-8") == ours("cors")
    assert not (project / CORS).exists()


def test_one_that_was_moved_and_changed_is_merged(project: Path, older: Path) -> None:
    (project / CORS).rename(project / MOVED)
    edit(project / MOVED, "credentials=True", "credentials=False")
    found = upgrade(project, older)
    text = (project / MOVED).read_text("utf-8")
    assert outcome(found, MOVED) is Outcome.MERGED
    assert text == ours("cors").replace("credentials=True", "credentials=False")


def test_copies_that_import_a_moved_one_find_it(project: Path, older: Path) -> None:
    (project / REFUSALS).rename(project / MOVED)
    for path in (project / "shop").rglob("*.py"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("shop.shared.refusals", "shop.shared.mine"))
    upgrade(project, older)
    text = (project / RESPONSES).read_text("utf-8")
    assert "from shop.shared.mine import" in text
    assert "<<<<<<<" not in text


def test_a_moved_file_is_found_again_by_the_next_upgrade(
    project: Path, older: Path
) -> None:
    (project / CORS).rename(project / MOVED)
    upgrade(project, older)
    before = tree(project)
    again = upgrade(project, older)
    assert outcome(again, CORS) is Outcome.MOVED
    assert tree(project) == before


def test_a_module_that_became_a_slot_gets_the_chosen_alternative(
    project: Path, older: Path
) -> None:
    line = "from shop.senders.mail import"
    edit(project / MAILER, line, f"MINE = 1\n{line}")
    found = upgrade(project, older)
    text = (project / MAILER).read_text("utf-8")
    assert outcome(found, MAILER) is Outcome.MERGED
    assert "MINE = 1\n" in text
    assert '"""Prints e-mails as text."""' in text


def test_least_versions_are_raised_to_what_the_copies_need(
    project: Path, older: Path
) -> None:
    manifest = project / "pyproject.toml"
    needed = of_this_distribution()["fastapi"]
    edit(manifest, f'"{needed}",', '"fastapi>=0.1.0",  # theirs')
    upgrade(project, older)
    assert f'"{needed}",  # theirs' in manifest.read_text("utf-8")


def test_files_of_the_project_stay(project: Path, older: Path) -> None:
    (project / "shop" / "shared" / "mine.py").write_text("mine = 1\n")
    upgrade(project, older)
    assert (project / "shop" / "shared" / "mine.py").read_text() == "mine = 1\n"


def test_the_lock_says_what_this_version_wrote(project: Path, older: Path) -> None:
    edit(project / CORS, "credentials=True", "credentials=False")
    upgrade(project, older)
    lock = read_lock((project / "keywright.lock").read_text("utf-8"))
    entry = lock.items["component/cors"]
    assert entry.version == NOW
    assert entry.files[CORS] == digest(ours("cors").encode())
    assert EXTRA not in entry.files


def test_doing_it_again_changes_nothing(project: Path, older: Path) -> None:
    edit(project / CORS, "credentials=True", "credentials=False")
    upgrade(project, older)
    before = tree(project)
    again = upgraded(
        project,
        version=NOW,
        releases=from_folder(installed().root.parent),
        writes=True,
    )
    carry_out(again)
    assert outcome(again, CORS) is Outcome.KEPT
    assert tree(project) == before


def test_without_the_older_version_nothing_is_touched(project: Path) -> None:
    edit(project / CORS, "credentials=True", "credentials=False")
    before = tree(project)
    missing = Release(["false"])
    with pytest.raises(ReleaseMissing):
        upgraded(project, version=NOW, releases=lambda _: missing, writes=True)
    assert tree(project) == before


def test_where_nothing_was_copied_nothing_can_be_upgraded(tmp_path: Path) -> None:
    with pytest.raises(NothingCopied, match="keywright add"):
        upgraded(tmp_path, version=NOW, releases=from_folder(tmp_path), writes=True)
