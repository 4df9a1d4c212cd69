"""The signing key as PEM files, for whoever checks tokens without the key set."""

import os
from pathlib import Path

from keywright.service.failures import Failure
from keywright.shared.jwt import SigningKey, pems
from keywright.shared.secrets import random_bytes

PRIVATE, PUBLIC = "private.pem", "public.pem"


def write_pems(folder: Path, key: SigningKey, *, replace: bool) -> bool:
    """Write *key* to `private.pem` (mode 0600) and `public.pem` (0644) in *folder*.

    Return False if it stands there already. Raise `Failure` for a shared secret, and
    for files with another key unless these may be replaced. A folder that is made for
    them keeps the private one out of git.
    """
    try:
        private, public = pems(key)
    except ValueError:
        raise Failure(
            f"The keys are shared secrets ({key.algorithm}) and have no public part."
        ) from None
    wanted = {folder / PRIVATE: (private, 0o600), folder / PUBLIC: (public, 0o644)}
    stale = [path for path, (content, _) in wanted.items() if _differs(path, content)]
    there = [path for path in stale if path.exists()]
    if there and not replace:
        raise Failure(f"{there[0]} holds another key. Replace it with --force.")
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True)
        (folder / ".gitignore").write_text(f"{PRIVATE}\n", encoding="utf-8")
    for path in stale:
        _write(path, *wanted[path])
    return bool(stale)


def _differs(path: Path, content: bytes) -> bool:
    return not path.exists() or path.read_bytes() != content


def _write(path: Path, content: bytes, mode: int) -> None:
    part = path.with_name(f".{random_bytes(8).hex()}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
