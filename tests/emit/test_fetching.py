"""An older release is fetched from a folder of wheels, by pip and by uv.

Both versions are wheels of this repository, installed and run as their users would.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from keywright.emit.fetching import Release, fetched
from keywright.emit.lock import read_lock
from keywright.emit.refusals import ReleaseMissing
from keywright.emit.source import installed
from tests.emit.wheels import build

CORS = "shop/shared/cors.py"
OLDER, NEWER = "0.0.8", "0.0.9"
UV = f"""\
#!{sys.executable}
import subprocess, sys
rest = sys.argv[1:]
assert rest[:3] == ["pip", "install", "--quiet"], rest
python = rest[rest.index("--python") + 1]
sys.exit(subprocess.call([python, "-m", "pip", "install", "--quiet", *rest[5:]]))
"""
"""Stands in for uv: says the same to pip, so that no machine needs uv."""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheels of two versions, which differ in one line."""
    folder = tmp_path_factory.mktemp("wheels")
    text = installed().text("keywright.shared.cors")
    assert "PREFLIGHT_SECONDS: Final = 600" in text
    text = text.replace("PREFLIGHT_SECONDS: Final = 600", "PREFLIGHT_SECONDS = 60")
    build(folder, OLDER, {"shared/cors.py": text})
    build(folder, NEWER)
    return folder


@pytest.fixture(params=["pip", "uv"])
def tools(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a PATH with git, and with or without a uv."""
    folder = tmp_path / "tools"
    folder.mkdir()
    if request.param == "uv":
        (folder / "uv").write_text(UV, encoding="utf-8")
        (folder / "uv").chmod(0o755)
    return os.pathsep.join([str(folder), "/usr/bin", "/bin"])


def run(release: Release, tools: str, *arguments: str) -> str:
    """Run a command of *release*, which must succeed, and return what it printed."""
    environment: Mapping[str, str] = {**release.environment, "PATH": tools}
    done = subprocess.run(
        [*release.command, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_changed_copy_is_merged_by_the_release_that_wrote_it(
    wheels: Path, tools: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", tools)
    older = fetched(OLDER, str(wheels), tmp_path / "older")
    newer = fetched(NEWER, str(wheels), tmp_path / "newer")
    project = tmp_path / "project"
    project.mkdir()
    here = ("--yes", "--cwd", str(project))
    run(older, tools, "add", "component", "cors", *here, "--package", "shop")
    mine = (project / CORS).read_text("utf-8")
    assert "PREFLIGHT_SECONDS = 60\n" in mine
    mine = mine.replace("credentials=True", "credentials=False")
    (project / CORS).write_text(mine, encoding="utf-8")

    shown = run(newer, tools, "upgrade", *here, "--wheels", str(wheels))

    merged = (project / CORS).read_text("utf-8")
    assert f"merged         {CORS}" in shown
    assert "PREFLIGHT_SECONDS: Final = 600" in merged
    assert "credentials=False" in merged
    lock = read_lock((project / "keywright.lock").read_text("utf-8"))
    assert lock.items["component/cors"].version == NEWER


def test_a_release_that_is_nowhere_is_told_with_what_to_do(
    wheels: Path, tools: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", tools)
    with pytest.raises(ReleaseMissing, match="--wheels"):
        fetched("0.0.7", str(wheels), tmp_path / "none")
