"""PostgreSQL refuses to run as root: how it runs as somebody else all the same."""

import functools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

NOBODY = 65534
AS_NOBODY = [
    "setpriv",
    f"--reuid={NOBODY}",
    f"--regid={NOBODY}",
    "--clear-groups",
    "--",
]


def unprivileged(binaries: Path, folder: Path) -> tuple[list[str], Path]:
    """Return what to put before a command, and where to take *binaries* from.

    As root, or as an id that has no name, the command runs in a user namespace that
    calls this user by another name, so no user is made and files keep their owner.
    Where namespaces are forbidden to root it runs as nobody, from a copy of the
    installation in *folder* if nobody may not read the original.
    """
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return [], binaries
    if _succeeds([*_namespace(), "true"]) or os.geteuid() != 0:
        return _namespace(), binaries
    _let_pass(folder)
    os.chown(folder, NOBODY, NOBODY)
    if _succeeds([*AS_NOBODY, "test", "-x", str(binaries / "postgres")]):
        return AS_NOBODY, binaries
    copy = folder / "postgres-program"
    if not copy.exists():
        shutil.copytree(binaries.parent, copy, symlinks=True)
    return AS_NOBODY, copy / binaries.name


@functools.cache
def _namespace() -> list[str]:
    # initdb wants a name for the id it sees; which one does not matter.
    user = next(one for one in pwd.getpwall() if one.pw_uid not in {0, NOBODY})
    mapped = [f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
    return ["unshare", "--user", *mapped, "--"]


def _has_name(uid: int) -> bool:
    return any(one.pw_uid == uid for one in pwd.getpwall())


def _succeeds(command: list[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _let_pass(folder: Path) -> None:
    top = Path(tempfile.gettempdir()).resolve()
    for place in (folder, *folder.parents):
        if top in place.resolve().parents:
            place.chmod(place.stat().st_mode | 0o011)
