"""Fixtures of everything that talks to the service; import them into a conftest.

A module names blueprints in BLUEPRINTS, else it is hybrid-auth; a test those among
them that it is about by `about`. It runs on every storage of each, unless the module
names some in VARIANTS or the test by `on`; or it parametrizes "variant" itself.
WITHOUT_SESSIONS in a module says that Redis has no say in it: one blueprint is enough
there.
"""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.shared.settings import load
from tests.blueprints.clock import Clock
from tests.blueprints.harness import SECRET, Service, open_service
from tests.blueprints.kind import DATABASES
from tests.blueprints.kinds import (
    HYBRID,
    INCLUDED,
    KINDS,
    Kind,
    taken_apart,
    variants,
)
from tests.blueprints.mailbox import Mailbox
from tests.blueprints.storages import ANY, STORAGES, settings_on

ALONE = STORAGES
ALL = (*ALONE, INCLUDED)
Test = TypeVar("Test", bound=Callable[..., Awaitable[None]])


def about(*blueprints: str) -> Callable[[Test], Test]:
    """Return a decorator for what only some of the module's blueprints have."""

    def decorate(test: Test) -> Test:
        test.__dict__["blueprints"] = blueprints
        return test

    return decorate


def on(*storages: str) -> Callable[[Test], Test]:
    """Return a decorator for what is shown on these storages alone."""

    def decorate(test: Test) -> Test:
        test.__dict__["storages"] = storages
        return test

    return decorate


WITHOUT_STORES = on("sqlite", INCLUDED)
"""Marks what no store has a say in: how it is stored makes no difference."""
ServiceWith = Callable[..., Awaitable[Service]]


@dataclass(slots=True, repr=False)
class House:
    """Services that were opened in this process, and stay open.

    It has no repr: asyncio would ask for that of what a fixture returns at every test.
    """

    folder: Path
    stack: AsyncExitStack
    clock: Clock = field(init=False)
    mails: Mailbox = field(init=False)
    files: dict[Callable[[], object], object] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Let all services share one clock and one mailbox: some share a database."""
        self.clock = Clock(self.folder / "clock")
        self.mails = Mailbox()

    async def service(self, variant: str, **given: object) -> Service:
        """Return the service of *variant* with these settings; opened once."""
        key = f"{variant} {sorted(given.items())}"
        if key not in self.services:
            blueprint, storage = taken_apart(variant)
            kind = KINDS[blueprint]
            self.services[key] = await open_service(
                kind,
                self.settings(variant, **given),
                self.clock,
                self.mails,
                self.stack,
                is_included=storage == INCLUDED,
                files=None if "files_url" in given else self._files(kind),
            )
            # It stays; without this the collector looks through all of them for
            # seconds, and requests run out of time.
            gc.freeze()
        return self.services[key]

    def _files(self, kind: Kind) -> object | None:
        """Return the one store of pictures, if *kind* takes one."""
        if kind.files is None:
            return None
        return self.files.setdefault(kind.files, kind.files())

    def settings(self, variant: str, **given: object) -> AuthSettings:
        """Return the settings of *variant*: those of a test unless *given*."""
        blueprint, storage = taken_apart(variant)
        if storage == INCLUDED:
            storage = ANY
        folder = self.folder / variant.replace(":", "_")
        folder.mkdir(exist_ok=True)
        values: dict[str, object] = {
            "env": "test",
            "test_clock": self.clock.file,
            "secret": SECRET,
            "rate_limits": "off",
            "store_pool": 4,
            **settings_on(storage, folder, suffix=KINDS[blueprint].databases),
            **given,
        }
        return load(KINDS[blueprint].settings, **values)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Ask for every variant that the module, or else the suite, names."""
    marks = metafunc.definition.iter_markers("parametrize")
    if "variant" in metafunc.fixturenames and not any(
        mark.args[0] == "variant" for mark in marks
    ):
        test, module = metafunc.function, metafunc.module
        blueprints = getattr(module, "BLUEPRINTS", (HYBRID,))
        blueprints = getattr(test, "blueprints", blueprints)
        storages = getattr(test, "storages", getattr(module, "VARIANTS", None))
        fewer = storages
        if storages is None and getattr(module, "WITHOUT_SESSIONS", False):
            fewer = (*DATABASES, INCLUDED)
        names = [
            name
            for one in blueprints
            for name in variants(one, storages if one == blueprints[0] else fewer)
        ]
        metafunc.parametrize("variant", [_marked(name, names) for name in names])


def _marked(name: str, names: Sequence[str]) -> str | pytest.ParameterSet:
    """Return a variant, marked as long where another shows almost the same."""
    is_second = len(names) > 1 and name.endswith(INCLUDED)
    return pytest.param(name, marks=pytest.mark.long) if is_second else name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about no blueprint or no storage that is there.

    Copied code has one of each; here a name that is not known is a mistake.
    """
    items[:] = [item for item in items if "NOTSET" not in _parameters(item)]


def _parameters(item: pytest.Item) -> list[str]:
    called = getattr(item, "callspec", None)
    return [] if called is None else str(called.id).split("-")


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(tmp_path_factory.mktemp("blueprints"), stack)


@pytest.fixture
async def service(house: House, variant: str) -> Service:
    return await house.service(variant)


@pytest.fixture
def service_with(house: House, variant: str) -> ServiceWith:
    async def opened(**given: object) -> Service:
        return await house.service(variant, **given)

    return opened
