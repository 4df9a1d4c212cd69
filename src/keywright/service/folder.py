"""The folder `.keywright/`: what a service keeps that was configured by nobody."""

import os
from pathlib import Path
from typing import Final

from keywright.shared.secrets import random_bytes, to_text

FOLDER: Final = Path(".keywright")
SECRET_BYTES: Final = 48


def prepare_folder() -> Path:
    """Return the folder, made if missing: for its owner alone, ignored by git."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    FOLDER.chmod(0o700)
    _write_once(FOLDER / ".gitignore", "*\n")
    return FOLDER


def fresh_secret(folder: Path) -> str:
    """Return the secret in *folder*, making it if there is none.

    Of processes that start together one makes it and all return the same.
    """
    path = folder / "secret"
    _write_once(path, f"{to_text(random_bytes(SECRET_BYTES))}\n")
    return path.read_text(encoding="utf-8").strip()


def write_whole(path: Path, content: str, *, replace: bool) -> bool:
    """Write *content* so that nobody ever reads half of it, for the owner alone.

    Return False, changing nothing, if *path* is there and must not be replaced.
    """
    part = path.with_name(f".{random_bytes(8).hex()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            path.hardlink_to(part)
    except FileExistsError:
        return False
    finally:
        part.unlink(missing_ok=True)
    return True


def _write_once(path: Path, content: str) -> None:
    if not path.exists():
        write_whole(path, content, replace=False)
