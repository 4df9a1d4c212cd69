"""What `doctor` finds in a project that owns copies: their age, its revisions."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import String, column, select, table
from sqlalchemy.exc import DBAPIError

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.emit.comparing import compared
from keywright.emit.configuration import CONFIGURATION
from keywright.emit.holes import holes
from keywright.emit.lock import LOCK_NAME, Lock
from keywright.emit.project import read_project
from keywright.emit.refusals import EmitError
from keywright.registry.advisories import ADVISORIES, Advisory
from keywright.registry.variables import values
from keywright.service.diagnosis import Finding
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import PREFIX, known
from keywright.shared.sql import Database

_CHOSEN: Final = {
    "AUTH_MAIL_URL": "mailer",
    "AUTH_FILES_URL": "files",
    "AUTH_REDIS_URL": "cache",
    "AUTH_RESPONSES": "responses",
}
_SHOWN: Final = 5
_MARK: Final = b"\n<<<<<<< yours\n"
_FOUND: Final = select(table("alembic_version", column("version_num", String)))


def lock_in(root: Path) -> Lock | None:
    """Return the lock of the project in *root*; None where nothing was copied.

    Raise `EmitError` if it cannot be read.
    """
    if not (root / LOCK_NAME).is_file():
        return None
    return read_project(root, {}).lock


def blueprint_in(lock: Lock) -> str | None:
    """Return the blueprint that was copied, if one was."""
    kind = "blueprint/"
    names = [name.removeprefix(kind) for name in lock.items if name.startswith(kind)]
    return names[0] if names else None


def copy_findings(root: Path) -> Sequence[Finding]:
    """Return how the copies in *root* stand: stale ones, and unresolved conflicts."""
    try:
        differences = list(compared(root))
    except EmitError as error:
        return [Finding("copies", is_good=False, detail=str(error))]
    stale = [one.path for one in differences if one.state in {"stale", "new"}]
    changed = sum(one.state == "changed by you" for one in differences)
    detail = f"as this version writes them, {changed} changed by you"
    if stale:
        detail = f"{_listed(stale)} differ from this version: keywright upgrade"
    found = [Finding("copies", is_good=not stale, detail=detail), *hole_findings(root)]
    marked = [one.path for one in differences if _holds_marks(root / one.path)]
    if marked:
        text = f"{_listed(marked)} hold marks of an upgrade; resolve them"
        found.append(Finding("conflicts", is_good=False, detail=text))
    return found


def hole_findings(
    root: Path, advisories: Sequence[Advisory] = ADVISORIES
) -> Sequence[Finding]:
    """Return the known holes that the copies in *root* were written with."""
    found = holes(read_project(root, {}).lock, advisories)
    if not found:
        text = f"none of {len(advisories)} known holes"
        return [Finding("security", is_good=True, detail=text)]
    return [
        Finding(
            "security",
            is_good=False,
            detail=f"{name}: {one.about} ({one.name}), closed in {one.fixed_in}: "
            "keywright upgrade",
        )
        for name, one in found
    ]


async def revision_finding(root: Path, url: str) -> Finding:
    """Return whether the tables at *url* are at the newest revision in *root*."""
    newest = _newest(root)
    if not newest:
        text = "there are no revisions in migrations/versions"
        return Finding("migrations", is_good=False, detail=text)
    database = Database(url, pool_size=1, limit=timedelta(seconds=5))
    try:
        row = await database.first(_FOUND)
    except StoreUnavailable:
        text = "not known: the database does not answer"
        return Finding("migrations", is_good=False, detail=text)
    except DBAPIError:
        row = None
    finally:
        await database.close()
    current = None if row is None else str(row["version_num"])
    if current in newest:
        return Finding("migrations", is_good=True, detail=f"at {current}")
    stand = f"at {current}" if current else "there are no tables"
    text = f"{stand}, {newest[0]} is needed: alembic upgrade head"
    return Finding("migrations", is_good=False, detail=text)


def choice_findings(root: Path, settings: AuthSettings) -> Sequence[Finding]:
    """Return the variables that are set to what the copies in *root* were not made for.

    The copies themselves refuse what is listed here.
    """
    choices = read_project(root, {}).choices
    fitting = {**values(choices), "AUTH_RESPONSES": choices.responses}
    found = []
    for variable, key in _CHOSEN.items():
        value = known(type(settings), variable.removeprefix(PREFIX).lower())
        fits = fitting.get(variable, "").partition(":")[0]
        # A scheme with TLS begins like the one without.
        if value is None or (fits and value.lower().startswith(fits)):
            continue
        text = f"{variable} is for another copy; {CONFIGURATION} says {key} = "
        detail = f'{text}"{choices.value(key)}"'
        found.append(Finding("choices", is_good=False, detail=detail))
    return found


def _newest(root: Path) -> Sequence[str]:
    from alembic.script import ScriptDirectory

    folder = root / "migrations"
    if not (folder / "versions").is_dir():
        return []
    return ScriptDirectory(str(folder)).get_heads()


def _holds_marks(path: Path) -> bool:
    return path.is_file() and _MARK in b"\n" + path.read_bytes()


def _listed(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(paths[:_SHOWN]) + more
