"""The one backend of copied code: the stores that its composition opens."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from keywright.shared.settings import load
from tests.blueprints.caches import forget
from tests.blueprints.compositions import KINDS
from tests.blueprints.harness import SECRET
from tests.blueprints.storages import ANY, settings_on
from tests.contracts.backend import Backend
from tests.contracts.behind import Behind
from tests.contracts.stores import Place, Stores

PREFIX = "contracts"
HAS_CACHE = "+" in ANY


@asynccontextmanager
async def _opened(folder: Path, anew: bool) -> AsyncGenerator[Place, None]:
    """Open the stores; a process that does not open them *anew* finds where they are.

    They are opened as the application opens them.
    """
    kind, given = next(iter(KINDS.values())), _settings(folder, anew=anew)
    opened = await kind.open_stores(load(kind.settings, **given))
    behind = Behind(given["database_url"])
    if anew:
        await behind.make()
    holders = (opened, opened.sessions, *opened.parts.values())
    known = {
        "families": opened.sessions,
        "sessions": opened.sessions,
        "letter": behind.letter,
    }
    stores = Stores(**{one.name: _found(one.name, known, holders) for one in _NAMES})

    async def fresh() -> Stores:
        await behind.empty()
        await forget(given.get("redis_url"), PREFIX)
        return stores

    yield Place(stores=stores, fresh=fresh)
    await opened.close()
    await behind.close()


_NAMES = fields(Stores)


def _found(name: str, known: dict[str, Any], holders: tuple[object, ...]) -> Any:  # noqa: ANN401 - whatever store
    """Return the store *name* from what is *known*, else from who holds it."""
    if name in known:
        return known[name]
    return next(getattr(one, name) for one in holders if hasattr(one, name))


def _settings(folder: Path, *, anew: bool) -> dict[str, Any]:
    """Return the settings of the stores, which lie in *folder* for other processes."""
    note = folder / "settings.json"
    if anew:
        given: dict[str, object] = {
            "env": "test",
            "secret": SECRET,
            **settings_on(ANY, folder, suffix=PREFIX),
        }
        if HAS_CACHE:
            given["redis_prefix"] = PREFIX
        note.write_text(json.dumps(given), encoding="utf-8")
    found = json.loads(note.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


BACKENDS = {ANY: Backend(_opened, forgets=HAS_CACHE)}
