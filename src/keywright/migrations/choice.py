"""Which runner takes care of a database, by its address."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from keywright.shared.database_urls import is_mongodb


class RevisionUnknown(LookupError):
    """There is no revision of this name."""


@dataclass(frozen=True, slots=True)
class Runner:
    """What can be done to a database at a URL, whatever it is.

    *create* and *drop* do nothing when it is there, or gone, already. *migrate* brings
    it to the newest revision, which is *head*; *revert* back to one, or raises
    `RevisionUnknown`. *current* is the one it has. *check* says how it differs.
    """

    head: Callable[[], str]
    create: Callable[[str], Coroutine[None, None, None]]
    drop: Callable[[str], Coroutine[None, None, None]]
    migrate: Callable[[str], Coroutine[None, None, None]]
    revert: Callable[[str, str], Coroutine[None, None, None]]
    current: Callable[[str], Coroutine[None, None, str | None]]
    check: Callable[[str], Coroutine[None, None, Sequence[str]]]


def runner_of(url: str) -> Runner:
    """Return what migrates the database at *url*; its driver is loaded here."""
    if is_mongodb(url):
        from keywright.migrations.mongo_runner import collections_runner

        return collections_runner
    from keywright.migrations.runner import tables_runner

    return tables_runner
