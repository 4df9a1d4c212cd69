"""Runs each suite on every backend that has the store it is about."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contracts.backend import Backend
from tests.contracts.backends import BACKENDS
from tests.contracts.stores import Place, Stores

Task = Mapping[str, object]


@dataclass(slots=True)
class Opened:
    """Backends that were opened in this process, and stay open."""

    folder: Path
    stack: AsyncExitStack
    places: dict[str, Place] = field(default_factory=dict)

    async def fresh(self, name: str) -> Stores:
        """Return the empty stores of the backend *name*."""
        if name not in self.places:
            opening = BACKENDS[name].open(self.folder, True)
            self.places[name] = await self.stack.enter_async_context(opening)
        return await self.places[name].fresh()

    def task(self, name: str, step: str, rows: Sequence[Sequence[str]]) -> Task:
        """Return what a racer is told to do with *rows* in the backend *name*."""
        return {"backend": name, "folder": str(self.folder), "step": step, "rows": rows}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for every backend that has the store a suite names in STORE."""
    if "backend" in metafunc.fixturenames:
        store = metafunc.module.STORE
        names = [name for name, one in BACKENDS.items() if store in one.has]
        metafunc.parametrize("backend", names)


@pytest.fixture(scope="session")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Opened]:
    async with AsyncExitStack() as stack:
        yield Opened(tmp_path_factory.mktemp("contracts"), stack)


@pytest.fixture
async def stores(backend: str, opened: Opened) -> Stores:
    return await opened.fresh(backend)


@pytest.fixture
def kind(backend: str) -> Backend:
    return BACKENDS[backend]
