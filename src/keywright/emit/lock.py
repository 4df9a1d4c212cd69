"""`keywright.lock`: what was written, from which version, with which choices."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import tomlkit

from keywright.emit.refusals import ProjectUnreadable

LOCK_NAME: Final = "keywright.lock"
_FORMAT: Final = 1
_VERSION: Final = re.compile(r"\d+(\.\d+)*([-.+]?[a-z0-9]+)*", re.ASCII)


def digest(content: bytes) -> str:
    """Return the digest of a file's *content* as the lock records it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One copied item: *files* maps each path to the digest as it was written."""

    version: str
    choices: Mapping[str, str]
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lock:
    """Everything copied into one project, by item."""

    items: Mapping[str, Entry] = field(default_factory=dict)

    def digest_of(self, path: str) -> str | None:
        """Return the digest of *path* as it was last written, or None."""
        found = (entry.files.get(path) for entry in self.items.values())
        return next((one for one in found if one is not None), None)

    def with_entry(self, item: str, entry: Entry) -> "Lock":
        """Return the lock after *item* was written as *entry* says.

        A file that several items share has one digest: the newest.
        """
        items = {
            name: replace(
                other,
                files={
                    path: entry.files.get(path, old)
                    for path, old in other.files.items()
                },
            )
            for name, other in self.items.items()
        }
        return Lock({**items, item: entry})


def read_lock(text: str | None) -> Lock:
    """Return the lock written in *text*; an empty one for None.

    Raise `ProjectUnreadable` for a text that is no lock of this format.
    """
    if text is None:
        return Lock()
    try:
        data = tomllib.loads(text)
        if data["lock"] != _FORMAT:
            raise ProjectUnreadable(
                f"{LOCK_NAME} has format {data['lock']}, this version reads {_FORMAT}."
            )
        return Lock(
            {name: _entry(table) for name, table in data.get("items", {}).items()}
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ProjectUnreadable(
            f"{LOCK_NAME} cannot be read ({error}). Restore it from version control."
        ) from error


def _entry(table: Mapping[str, Mapping[str, str]]) -> Entry:
    version = str(table["version"])
    if not _VERSION.fullmatch(version):
        raise ProjectUnreadable(f"{LOCK_NAME} names {version!r}, which is no version.")
    return Entry(version, dict(table["choices"]), dict(table["files"]))


def lock_text(lock: Lock) -> str:
    """Return the text of *lock*, sorted, so that it makes small differences."""
    document = tomlkit.document()
    document["lock"] = _FORMAT
    items = tomlkit.table(is_super_table=True)
    for name, entry in sorted(lock.items.items()):
        table = tomlkit.table()
        table["version"] = entry.version
        table["choices"] = dict(entry.choices)
        table["files"] = dict(sorted(entry.files.items()))
        items[name] = table
    document["items"] = items
    return tomlkit.dumps(document)
