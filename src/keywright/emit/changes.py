"""Compare a plan with the disk, and carry it out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from keywright.emit.apply import Change, apply
from keywright.emit.lock import LOCK_NAME, Entry, digest, lock_text
from keywright.emit.managers import Manager
from keywright.emit.plan import Plan
from keywright.emit.project import Project, current_digest
from keywright.emit.refusals import ChangedByUser
from keywright.emit.style import find_ruff, styled
from keywright.emit.variables import Variable, env_text
from keywright.shared.secrets import random_bytes

_SHOWN = 10


class State(Enum):
    """What a planned file means for the one that is there."""

    NEW = "new"
    SAME = "same"
    UPDATED = "updated"
    CHANGED = "changed by you"


@dataclass(frozen=True, slots=True)
class Step:
    """One planned file: *text* is what it gets, in the project's style.

    The digest of a copy goes into the lock.
    """

    path: str
    text: str
    before: str | None
    state: State
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan in the project's style, compared with its disk."""

    plan: Plan
    project: Project
    steps: Sequence[Step]
    is_styled: bool

    @property
    def changed(self) -> Sequence[str]:
        """Return the paths that hold something the user wrote."""
        return [step.path for step in self.steps if step.state is State.CHANGED]

    @property
    def next_steps(self) -> Sequence[str]:
        """Return what the user does next, as commands where there are any."""
        if self.is_styled:
            return self.plan.next_steps
        is_uv = self.project.manager is Manager.UV
        ruff = "uv tool run ruff" if is_uv else "ruff"
        styling = f"{ruff} check --select I --fix && {ruff} format"
        return (styling, *self.plan.next_steps)


def prepare(plan: Plan, project: Project) -> Prepared:
    """Return *plan* in the style of *project*, compared with what is there."""
    ruff = find_ruff()
    files: Mapping[str, str] = {**plan.files, **plan.started}
    if ruff is not None:
        files = styled(ruff, files, project=project.root)
    steps = [
        _compared(project, path, text, is_copy=path in plan.files)
        for path, text in sorted(files.items())
    ]
    return Prepared(plan, project, steps, is_styled=ruff is not None)


def _compared(project: Project, path: str, text: str, *, is_copy: bool) -> Step:
    before = current_digest(project, path)
    is_package_file = path.endswith("__init__.py") and not text
    if before is None:
        state = State.NEW
    elif before == digest(text.encode()) or is_package_file:
        state = State.SAME
    elif before == project.lock.digest_of(path):
        state = State.UPDATED
    else:
        state = State.CHANGED
    return Step(path, text, before, state, is_copy)


def carry_out(prepared: Prepared, *, version: str, force: bool = False) -> None:
    """Write everything that differs, all or nothing, with the lock.

    Raise `ChangedByUser` if a file holds something else and *force* is not given;
    with it, that is kept beside the new file as `.orig`.
    """
    if prepared.changed and not force:
        raise ChangedByUser(_refusal(prepared.changed))
    project, plan = prepared.project, prepared.plan
    copied = [
        Change(
            step.path, step.text.encode(), step.before, keep=step.state is State.CHANGED
        )
        for step in prepared.steps
        if step.state is not State.SAME
    ]
    lock = {LOCK_NAME: _lock(prepared, version)} if plan.item else {}
    changes = [*copied, *edits(project, {**plan.edits, **lock}, plan.variables)]
    if changes:
        apply(project.root, changes)


def edits(
    project: Project, texts: Mapping[str, str], variables: Sequence[Variable]
) -> Sequence[Change]:
    """Return the changes that give files *texts*, and `.env` what *variables* ask."""
    found = [_edit(project, path, text) for path, text in texts.items()]
    secret = env_text(project.texts.get(".env"), variables, _new_secret)
    found.append(_edit(project, ".env", secret, private=True))
    return [one for one in found if one is not None]


def _edit(
    project: Project, path: str, text: str, *, private: bool = False
) -> Change | None:
    known = project.texts.get(path)
    before = current_digest(project, path) if known is None else digest(known.encode())
    if before == digest(text.encode()) or (before is None and not text):
        return None
    return Change(path, text.encode(), before, private=private)


def _lock(prepared: Prepared, version: str) -> str:
    files: Mapping[str, str] = {
        step.path: digest(step.text.encode())
        for step in prepared.steps
        if step.is_copy and not _is_theirs(step)
    }
    choices = prepared.project.choices.as_mapping()
    entry = Entry(version, choices, files)
    return lock_text(prepared.project.lock.with_entry(prepared.plan.item, entry))


def _is_theirs(step: Step) -> bool:
    """Say whether *step* leaves a package file as the project has it."""
    same = step.state is State.SAME
    return same and step.before != digest(step.text.encode())


def _new_secret() -> str:
    """Return 256 random bits; hexadecimal digits spell no word that is refused."""
    return random_bytes(32).hex()


def _refusal(paths: Sequence[str]) -> str:
    shown = "".join(f"\n  {path}" for path in paths[:_SHOWN])
    more = f"\n  and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return (
        f"These files hold something else; nothing was written:{shown}{more}\n"
        "Move them away, or run the command again with --force to keep each as .orig."
    )
