"""An older release is fetched, by pip and by uv: from an index, or from a folder.

All versions are wheels of this repository, installed and run as their users would.
"""

import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from keywright.emit.fetching import Release, fetched
from keywright.emit.lock import read_lock
from keywright.emit.refusals import ReleaseMissing
from keywright.emit.source import installed
from tests.emit.index import Index, served, uv
from tests.emit.wheels import build, packed

CORS = "shop/shared/cors.py"
OLDEST, OLDER, NEWER = "0.0.7", "0.0.8", "0.0.9"
OF_THEN = "of_then"
"""What only the oldest release needs. It makes all that is installed here importable,
so that no index has to have that."""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of three versions."""
    folder = tmp_path_factory.mktemp("wheels")
    text = installed().text("keywright.shared.cors")
    assert "PREFLIGHT_SECONDS: Final = 600" in text
    text = text.replace("PREFLIGHT_SECONDS: Final = 600", "PREFLIGHT_SECONDS = 60")
    build(folder, OLDER, {"shared/cors.py": text})
    build(folder, NEWER)
    main = installed().text("keywright.cli.main")
    changed = {"cli/main.py": main.replace("import sys\n", f"import {OF_THEN}, sys\n")}
    build(folder, OLDEST, changed, needs=[OF_THEN])
    files = {f"{OF_THEN}.py": "", f"{OF_THEN}.pth": sysconfig.get_path("purelib")}
    packed(folder, OF_THEN, "1.0", files)
    return folder


@pytest.fixture
def index(wheels: Path) -> Iterator[Index]:
    """Yield an index that has the wheels."""
    with served(wheels) as found:
        yield found


@pytest.fixture(params=["pip", "uv"])
def installer(
    request: pytest.FixtureRequest,
    index: Index,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Have git, uv or no uv, and that index alone; return which it is."""
    folder = tmp_path / "tools"
    folder.mkdir()
    name: str = request.param
    if name == "uv":
        (folder / "uv").symlink_to(uv())
    monkeypatch.setenv("PATH", os.pathsep.join([str(folder), "/usr/bin", "/bin"]))
    for variable, value in index.variables(tmp_path / "cache").items():
        monkeypatch.setenv(variable, value)
    return name


def unpacked(wheels: Path, version: str, folder: Path) -> Release:
    """Return the release *version*, unpacked into *folder*."""
    wheel = wheels / f"keywright-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return Release(
        [sys.executable, "-m", "keywright.cli.main"], {"PYTHONPATH": str(folder)}
    )


def run(release: Release, *arguments: str) -> str:
    """Run a command of *release*, which must succeed, and return what it printed."""
    environment: Mapping[str, str] = {**os.environ, **release.environment}
    done = subprocess.run(
        [*release.command, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("installer")
def test_a_changed_copy_is_merged_by_the_release_that_wrote_it(
    wheels: Path, index: Index, tmp_path: Path
) -> None:
    older = unpacked(wheels, OLDER, tmp_path / "older")
    newer = unpacked(wheels, NEWER, tmp_path / "newer")
    project = tmp_path / "project"
    project.mkdir()
    here = ("--yes", "--cwd", str(project))
    run(older, "add", "component", "cors", *here, "--package", "shop")
    mine = (project / CORS).read_text("utf-8")
    assert "PREFLIGHT_SECONDS = 60\n" in mine
    mine = mine.replace("credentials=True", "credentials=False")
    (project / CORS).write_text(mine, encoding="utf-8")

    shown = run(newer, "upgrade", *here)

    merged = (project / CORS).read_text("utf-8")
    assert f"merged         {CORS}" in shown
    assert "PREFLIGHT_SECONDS: Final = 600" in merged
    assert "credentials=False" in merged
    lock = read_lock((project / "keywright.lock").read_text("utf-8"))
    assert lock.items["component/cors"].version == NEWER
    assert f"/files/keywright-{OLDER}-py3-none-any.whl" in index.asked


@pytest.mark.usefixtures("installer")
def test_a_release_that_does_not_run_with_what_is_here_gets_what_it_needs(
    index: Index, tmp_path: Path
) -> None:
    release = fetched(OLDEST, None, tmp_path / "oldest")
    assert run(release, "--version").strip() == OLDEST
    assert release.command[0] != sys.executable
    assert f"/files/{OF_THEN}-1.0-py3-none-any.whl" in index.asked


@pytest.mark.usefixtures("installer")
def test_a_folder_of_wheels_is_taken_instead_of_the_index(
    wheels: Path, index: Index, tmp_path: Path
) -> None:
    release = fetched(OLDER, str(wheels), tmp_path / "older")
    assert run(release, "--version").strip() == OLDER
    assert index.asked == []


@pytest.mark.usefixtures("installer")
def test_a_release_that_is_nowhere_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReleaseMissing, match="--wheels"):
        fetched("0.0.6", None, tmp_path / "none")
