"""Fixtures of the attacks on what a copy serves, on the stores that it has.

Its answers are watched, and judged at the end.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from tests.blueprints.fixtures import (
    House,
    pytest_collection_modifyitems,
    service,
    service_with,
)
from tests.blueprints.harness import Service
from tests.blueprints.kinds import HYBRID, variants
from tests.blueprints.storages import ANY
from tests.security.watch import Recorder, Watch, cookie_problems, described, is_secure

__all__ = ["pytest_collection_modifyitems", "service", "service_with"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on what there is of the blueprints that it, or its module, names."""
    if "variant" in metafunc.fixturenames:
        blueprints = getattr(metafunc.module, "BLUEPRINTS", (HYBRID,))
        blueprints = getattr(metafunc.function, "blueprints", blueprints)
        names = [name for one in blueprints for name in variants(one, [ANY])]
        metafunc.parametrize("variant", names)


@dataclass(slots=True, repr=False)
class WatchedHouse(House):
    """Opens services whose answers are recorded, and whose hashes cost little."""

    watch: Watch = field(default_factory=Watch)

    async def service(self, variant: str, **given: object) -> Service:
        """Return the service of *variant* with these settings; opened once."""
        known = len(self.services)
        opened = await House.service(self, variant, **given)
        if len(self.services) > known:
            opened.app.add_middleware(Recorder, watch=self.watch)
            opened.hash_cheaply()
        return opened


@pytest.fixture(scope="session")
async def house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WatchedHouse]:
    async with AsyncExitStack() as stack:
        house = WatchedHouse(tmp_path_factory.mktemp("security"), stack)
        yield house
        _judge(house)


def _judge(house: WatchedHouse) -> None:
    """Look at everything that the whole run of this test process left behind."""
    watch, services = house.watch, house.services.values()
    forms = {(is_secure(one), one.kind.cookie_path) for one in services}
    for cookie in watch.cookies:
        problems = [
            cookie_problems(cookie, secure=secure, path=path) for secure, path in forms
        ]
        assert [] in problems, f"{cookie[:60]}: {problems}"
    assert not watch.failures
    for one in services:
        assert not watch.leaks_in(described(one)), "secrets in a repr"
