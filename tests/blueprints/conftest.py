"""The fixtures of the suite."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.blueprints.fixtures import (
    House,
    pytest_collection_modifyitems,
    pytest_generate_tests,
    service,
    service_with,
)
from tests.blueprints.harness import Service
from tests.blueprints.rows import note
from tests.places import worker

__all__ = [
    "pytest_collection_modifyitems",
    "pytest_generate_tests",
    "service",
    "service_with",
]


class QuickHouse(House):
    """Opens services that do not spend their time on hashes."""

    async def service(self, variant: str, **given: object) -> Service:
        """Return the service of *variant* with these settings; opened once."""
        known = len(self.services)
        opened = await House.service(self, variant, **given)
        if len(self.services) > known:
            opened.hash_cheaply()
        return opened


@pytest.fixture(scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        house = QuickHouse(tmp_path_factory.mktemp("blueprints"), stack)
        yield house
        note(house.services, process=worker())
