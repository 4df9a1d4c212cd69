"""Bring copies to what this version writes, keeping what their owner changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from keywright.emit.adding import catalog
from keywright.emit.apply import Change, apply, recover, require_recovered
from keywright.emit.changes import Prepared, edits, prepare
from keywright.emit.lock import LOCK_NAME, Entry, Lock, digest, lock_text
from keywright.emit.merge import Merged, Outcome, Texts, merged, renamed
from keywright.emit.plan import plan
from keywright.emit.project import Project, read_project
from keywright.emit.refusals import NothingCopied
from keywright.emit.releases import Releases, regenerated
from keywright.emit.source import installed
from keywright.emit.variables import Variable
from keywright.registry.items import ITEMS

WRITTEN: Final = frozenset(
    {Outcome.NEW, Outcome.UPDATED, Outcome.MERGED, Outcome.CONFLICT}
)


@dataclass(frozen=True, slots=True)
class FileStep:
    """One file: what becomes of it, and of which *origin*, if it was renamed."""

    path: str
    result: Merged
    before: str | None
    origin: str | None = None

    @property
    def content(self) -> bytes | None:
        """Return what the file will hold; None for no file."""
        text = self.result.text
        return None if text is None else text.encode("utf-8", "surrogateescape")

    @property
    def is_change(self) -> bool:
        """Say whether the file will hold something else than now."""
        after = None if self.content is None else digest(self.content)
        return after != self.before

    @property
    def says_something(self) -> bool:
        """Say whether a person should read about it."""
        quiet = {Outcome.SAME, Outcome.KEPT}
        is_package_file = self.path.endswith("__init__.py")
        return self.result.outcome not in quiet and not is_package_file


@dataclass(frozen=True, slots=True)
class Upgrade:
    """All that an upgrade changes.

    *copies* are the new texts by item and path, as this version writes them; *texts*
    are files of the project with what they lacked.
    """

    project: Project
    version: str
    steps: Sequence[FileStep]
    copies: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]
    variables: Sequence[Variable]

    def paths(self, *outcomes: Outcome) -> Sequence[str]:
        """Return the paths with one of *outcomes*."""
        return [one.path for one in self.steps if one.result.outcome in outcomes]

    @property
    def conflicts(self) -> Sequence[str]:
        """Return the paths with marks that a person must resolve."""
        return self.paths(Outcome.CONFLICT)

    @property
    def changes_tables(self) -> bool:
        """Say whether a file with tables becomes another one."""
        return any(
            "models" in Path(path).with_suffix("").parts
            for path in self.paths(*WRITTEN)
        )


def upgraded(root: Path, *, version: str, releases: Releases, writes: bool) -> Upgrade:
    """Return what bringing the copies in *root* to this *version* changes.

    A file that its owner changed is written once more by the release that wrote it;
    *releases* finds that. Raise `EmitError` if it cannot be had, or if there are no
    copies.
    """
    if writes:
        recover(root)
    else:
        require_recovered(root)
    project = read_project(root, {})
    known = known_items(project)
    old = {
        name: as_written(name, entry, project, releases)
        for name, entry in known.items()
    }
    new: dict[str, Mapping[str, str]] = {}
    texts: dict[str, str] = {}
    variables: list[Variable] = []
    for name in known:
        ahead = replace(project, texts={**project.texts, **texts})
        prepared = today(name, ahead)
        new[name] = copied_texts(prepared)
        texts.update(prepared.plan.edits)
        variables += prepared.plan.variables
    steps = _steps(project, _together(old), _together(new), label=f"version {version}")
    return Upgrade(project, version, steps, new, texts, variables)


def known_items(project: Project) -> Mapping[str, Entry]:
    """Return the copied items that this version knows; raise `NothingCopied`."""
    known = {name: one for name, one in project.lock.items.items() if name in ITEMS}
    if not known:
        raise NothingCopied(f"{LOCK_NAME} names nothing. Begin with: keywright add")
    return known


def today(name: str, project: Project) -> Prepared:
    """Return what this version writes for the item *name*."""
    item = ITEMS[name]
    planned = plan(item, project, source=installed(), catalog=catalog())
    return prepare(planned, project)


def copied_texts(prepared: Prepared) -> Mapping[str, str]:
    """Return the texts of the copies by path."""
    return {step.path: step.text for step in prepared.steps if step.is_copy}


def as_written(
    name: str, entry: Entry, project: Project, releases: Releases
) -> Mapping[str, str]:
    """Return the copies of the item *name* as they were written.

    An unchanged file is its own witness; for the others the release is asked.
    """
    known: dict[str, str] = {}
    for path, written in entry.files.items():
        content = project.content(path)
        if content is not None and digest(content) == written:
            known[path] = content.decode()
    missing = entry.files.keys() - known.keys()
    if missing:
        made = regenerated(releases(entry.version), name, entry, project)
        known.update({path: made[path] for path in missing if path in made})
    return known


def _together(items: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return {path: text for files in items.values() for path, text in files.items()}


def _steps(
    project: Project, old: Mapping[str, str], new: Mapping[str, str], *, label: str
) -> Sequence[FileStep]:
    moved = renamed(old, new)
    origins = {after: before for before, after in moved.items()}
    steps: list[FileStep] = []
    for path in sorted(old.keys() | new.keys()):
        content = project.content(path)
        before = None if content is None else digest(content)
        if path in moved:
            outcome = Outcome.SAME if before is None else Outcome.REMOVED
            steps.append(FileStep(path, Merged(None, outcome), before))
            continue
        origin = origins.get(path) if content is None else None
        own = _text(project, origin or path)
        texts = Texts(old.get(origin or path), new.get(path), own)
        result = _package_file(path, texts) or merged(texts, label=label)
        steps.append(FileStep(path, result, before, origin))
    return steps


def _package_file(path: str, texts: Texts) -> Merged | None:
    """Return what becomes of a package file that would be empty: it stays as it is."""
    if not path.endswith("__init__.py") or texts.new or texts.old:
        return None
    if texts.own is None:
        return Merged(texts.new, Outcome.NEW if texts.new is not None else Outcome.SAME)
    return Merged(texts.own, Outcome.SAME)


def _text(project: Project, path: str) -> str | None:
    content = project.content(path)
    return None if content is None else content.decode("utf-8", "surrogateescape")


def carry_out(upgrade: Upgrade) -> None:
    """Write the files, what the project lacks, and the lock: all or nothing."""
    project = upgrade.project
    copied = [
        Change(step.path, step.content, step.before)
        for step in upgrade.steps
        if step.is_change
    ]
    texts = {**upgrade.texts, LOCK_NAME: lock_text(_lock(upgrade))}
    changes = [*copied, *edits(project, texts, upgrade.variables)]
    if changes:
        apply(project.root, changes)


def _lock(upgrade: Upgrade) -> Lock:
    """Return the lock after the upgrade.

    The digest of a merged file is that of what this version writes, not of what the
    merge gave: the next upgrade must see that its owner changed it.
    """
    choices = upgrade.project.choices.as_mapping()
    entries = {
        name: Entry(
            upgrade.version,
            choices,
            {path: digest(text.encode()) for path, text in files.items()},
        )
        for name, files in upgrade.copies.items()
    }
    return Lock({**upgrade.project.lock.items, **entries})
