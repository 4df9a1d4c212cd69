"""Bring copies to what this version writes, keeping what their owner changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from keywright.emit.adding import catalog
from keywright.emit.apply import Change, apply, recover, require_recovered
from keywright.emit.changes import Prepared, edits, prepare
from keywright.emit.configuration import CONFIGURATION, parts_in, with_parts
from keywright.emit.file_steps import FileStep, file_steps
from keywright.emit.lock import LOCK_NAME, Entry, Lock, digest, lock_text
from keywright.emit.merge import Outcome
from keywright.emit.moves import module_of
from keywright.emit.plan import plan
from keywright.emit.project import Project, read_project
from keywright.emit.refusals import ChoiceRefused, NothingCopied
from keywright.emit.releases import Releases, regenerated
from keywright.emit.source import installed
from keywright.emit.variables import Variable
from keywright.registry.choices import PARTS
from keywright.registry.items import ITEMS

WRITTEN: Final = frozenset(
    {Outcome.NEW, Outcome.UPDATED, Outcome.MERGED, Outcome.CONFLICT}
)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """All that an upgrade changes.

    *copies* are the new texts by item and path, as this version writes them; *texts*
    are files of the project with what they lacked; *notes* are what a person has to
    mend.
    """

    project: Project
    version: str
    steps: Sequence[FileStep]
    copies: Mapping[str, Mapping[str, str]]
    texts: Mapping[str, str]
    variables: Sequence[Variable]
    notes: Sequence[str] = ()

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

    @property
    def unnamed_models(self) -> Sequence[str]:
        """Return new modules with tables that the project's migrations do not name."""
        env = self.project.content("migrations/env.py")
        if env is None:
            return []
        names = [
            module_of(path, self.project.code)
            for path in self.paths(Outcome.NEW)
            if "models" in Path(path).with_suffix("").parts
        ]
        return [name for name in names if name.encode() not in env]


def upgraded(
    root: Path,
    *,
    version: str,
    releases: Releases,
    writes: bool,
    flags: Mapping[str, str] = MappingProxyType({}),
) -> Upgrade:
    """Return what bringing the copies in *root* to this *version* changes.

    *flags* may name other parts: they go into `keywright.toml`.
    A file that its owner changed is written once more by the release that wrote it;
    *releases* finds that. Raise `EmitError` if it cannot be had, or if there are no
    copies.
    """
    if writes:
        recover(root)
    else:
        require_recovered(root)
    written = read_project(root, {})
    project, texts = _with_parts(written, flags)
    known = known_items(project)
    old = {
        name: as_written(name, entry, project, releases)
        for name, entry in known.items()
    }
    new: dict[str, Mapping[str, str]] = {}
    variables: list[Variable] = []
    notes: list[str] = []
    for name in known:
        ahead = replace(project, texts={**project.texts, **texts})
        prepared = today(name, ahead)
        new[name] = copied_texts(prepared)
        texts.update(prepared.plan.edits)
        variables += prepared.plan.variables
        notes += prepared.plan.notes
    steps = file_steps(
        project, _together(old), _together(new), label=f"version {version}"
    )
    once = tuple(dict.fromkeys(notes))
    return Upgrade(project, version, steps, new, texts, variables, once)


def _with_parts(
    project: Project, flags: Mapping[str, str]
) -> tuple[Project, dict[str, str]]:
    """Return *project* with the parts that *flags* add and take, and what that writes.

    A part that no copied item has is refused.
    """
    wanted, unwanted = (parts_in(flags.get(key, "")) for key in ("with", "without"))
    offered = {part for name in known_items(project) for part in ITEMS[name].parts}
    for part in wanted:
        if part not in offered:
            raise ChoiceRefused(f"Nothing that was copied here has the part {part}.")
    chosen = {*project.choices.parts, *wanted} - {*unwanted}
    parts = tuple(part for part in PARTS if part in chosen)
    if parts == project.choices.parts:
        return project, {}
    text = with_parts(project.texts.get(CONFIGURATION, ""), parts)
    return replace(project, choices=replace(project.choices, parts=parts)), {
        CONFIGURATION: text
    }


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
    moved_texts = _by_digest(project, entry)
    for path, written in entry.files.items():
        content = project.content(path)
        if content is not None and digest(content) == written:
            known[path] = content.decode()
        elif content is None and written in moved_texts:
            known[path] = moved_texts[written]
    missing = entry.files.keys() - known.keys()
    if missing:
        made = regenerated(releases(entry.version), name, entry, project)
        known.update({path: made[path] for path in missing if path in made})
    return known


def _by_digest(project: Project, entry: Entry) -> Mapping[str, str]:
    """Return what modules hold that are no copies by their paths, by digest.

    Nothing is read unless a copy is absent.
    """
    if all(project.content(path) is not None for path in entry.files):
        return {}
    others = (path for path in project.python_files() if path not in entry.files)
    contents = (project.content(path) or b"" for path in others)
    return {digest(one): one.decode("utf-8", "replace") for one in contents if one}


def _together(items: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    return {path: text for files in items.values() for path, text in files.items()}


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
