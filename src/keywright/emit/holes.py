"""Which known holes the copies in a project may have, by the versions in its lock."""

from collections.abc import Iterable, Iterator, Sequence

from keywright.emit.layout import destination
from keywright.emit.lock import Entry, Lock
from keywright.registry.advisories import Advisory


def holes(lock: Lock, advisories: Iterable[Advisory]) -> Sequence[tuple[str, Advisory]]:
    """Return each item of *lock* with each of *advisories* that concerns it."""
    return [
        (name, one)
        for one in advisories
        for name, entry in lock.items.items()
        if is_older(entry.version, one.fixed_in) and _has(entry, one.module)
    ]


def _has(entry: Entry, module: str) -> bool:
    if not module:
        return True
    place = destination(
        module, layout=entry.choices.get("layout", "feature"), package="p"
    )
    path = f"{place.removeprefix('p.').replace('.', '/')}.py"
    return any(one == path or one.endswith(f"/{path}") for one in entry.files)


def is_older(version: str, other: str) -> bool:
    """Say whether *version* came out before *other*."""
    return tuple(_numbers(version)) < tuple(_numbers(other))


def _numbers(version: str) -> Iterator[int]:
    """Yield the numbers before any suffix: a preview counts as its release."""
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            return
        yield int(digits)
