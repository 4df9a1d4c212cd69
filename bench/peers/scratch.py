"""The peers' packages, in a folder that is thrown away; none is a dependency."""

import shutil
import subprocess
from pathlib import Path

from tools.devservers.lookup import node

HERE = Path(__file__).parent
SCRATCH = Path(".cache/bench/peers").absolute()
FASTAPI_USERS = ("fastapi-users[sqlalchemy]==15.0.5", "asyncpg", "uvicorn[standard]")


def python() -> Path:
    """Return the interpreter of an environment that has fastapi-users."""
    folder = SCRATCH / "python"
    if not (folder / "complete").exists():
        interpreter = folder / "bin" / "python"
        _run("tools/uv.sh", "venv", "-q", "--clear", str(folder))
        install = ("pip", "install", "-q", "--python", str(interpreter))
        _run("tools/uv.sh", *install, *FASTAPI_USERS)
        (folder / "complete").touch()
    return folder / "bin" / "python"


def javascript() -> tuple[Path, Path]:
    """Return Node and a folder with the npm packages and the applications."""
    program, folder = node().path, SCRATCH / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for file in (*HERE.glob("*.mjs"), HERE / "package.json"):
        shutil.copy(file, folder / file.name)
    if not (folder / "complete").exists():
        npm = program.parents[1] / "lib/node_modules/npm/bin/npm-cli.js"
        _run(str(program), str(npm), "install", "--no-audit", "--prefix", str(folder))
        (folder / "complete").touch()
    return program, folder


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
