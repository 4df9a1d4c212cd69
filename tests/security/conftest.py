"""Fixtures of the attacks: services that are watched, and judged at the end."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from keywright.blueprints.foundation.settings import AuthSettings
from tests.blueprints.databases_mongodb import emptied_mongo
from tests.blueprints.fixtures import House, service, service_with
from tests.blueprints.harness import Service
from tests.blueprints.kinds import HYBRID, taken_apart
from tests.mysql_server import emptied_mysql
from tests.postgres_server import emptied_postgres
from tests.providers.fixtures import issuer, journey, listening_issuer, social
from tests.security.kept import dump
from tests.security.lines import Lines
from tests.security.watch import (
    Recorder,
    Watch,
    cookie_problems,
    described,
    is_secure,
)

__all__ = [
    "issuer",
    "journey",
    "listening_issuer",
    "service",
    "service_with",
    "social",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on SQLite, or on every storage if it asks for that.

    Blueprints are those that the test is about, or its module; on SQLite only but for
    hybrid-auth.
    """
    if "variant" in metafunc.fixturenames:
        test = metafunc.function
        blueprints = getattr(metafunc.module, "BLUEPRINTS", (HYBRID,))
        blueprints = getattr(test, "blueprints", blueprints)
        is_asked = getattr(test, "runs_everywhere", False)
        names = [f"{name}:sqlite" for name in blueprints if name != HYBRID]
        if HYBRID in blueprints:
            names += RACED if is_asked else RACED[:1]
        metafunc.parametrize("variant", names)


RACED = ("sqlite", "postgres", "mysql", "mongo", "postgres+redis")
"""Each kind of store once: sessions and limits in Redis do not know what is below."""

BESIDE = {
    "postgres": lambda: emptied_postgres("_attacks"),
    "mysql": lambda: emptied_mysql("_attacks"),
    "mongo": lambda: emptied_mongo("_attacks"),
}


@dataclass(slots=True, repr=False)
class WatchedHouse(House):
    """Opens services whose answers are recorded."""

    watch: Watch = field(default_factory=Watch)

    def settings(self, variant: str, **given: object) -> AuthSettings:
        """Return the settings of *variant*, with a database that nobody else uses."""
        beside = BESIDE.get(variant.partition("+")[0])
        if beside is not None:
            given = {"database_url": beside(), **given}
        return House.settings(self, variant, **given)

    async def service(self, variant: str, **given: object) -> Service:
        """Return the service of *variant* with these settings; opened once."""
        known = len(self.services)
        opened = await House.service(self, variant, **given)
        if len(self.services) > known:
            opened.app.add_middleware(Recorder, watch=self.watch)
            if taken_apart(variant)[0] != HYBRID:
                opened.hash_cheaply()
        return opened


@pytest.fixture(scope="session")
async def house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WatchedHouse]:
    async with AsyncExitStack() as stack:
        house = WatchedHouse(tmp_path_factory.mktemp("security"), stack)
        yield house
        await _judge(house)


@pytest.fixture
def watch(house: WatchedHouse) -> Watch:
    return house.watch


@pytest.fixture(scope="session")
def lines(house: WatchedHouse) -> Lines:
    return Lines(house.watch)


@pytest.fixture(autouse=True)
def listening(lines: Lines) -> Iterator[None]:
    yield from lines.listen()


async def _judge(house: WatchedHouse) -> None:
    """Look at everything that the whole run of this test process left behind."""
    watch = house.watch
    forms = {
        (is_secure(watched), watched.kind.cookie_path)
        for watched in house.services.values()
    }
    for cookie in watch.cookies:
        problems = [
            cookie_problems(cookie, secure=secure, path=path) for secure, path in forms
        ]
        assert [] in problems, f"K5: {cookie[:60]}: {problems}"
    assert not watch.failures, f"H6: {watch.failures}"
    assert not watch.broken_lines(), f"L5: {watch.broken_lines()[:3]}"
    assert not watch.leaks_in("\n".join(watch.lines)), "L6: secrets in the log"
    for watched in house.services.values():
        assert not watch.leaks_in(described(watched)), "L6: secrets in a repr"
        kept = await dump(watched, only="audit_events")
        assert not watch.leaks_in(kept), "L6: secrets in the audit table"
