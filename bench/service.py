"""The service under load, on every storage that has an address."""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from bench.behaviours import AUTH, Getting, Refreshing, SigningIn
from bench.measured import Candidate, Series, alternate
from bench.people import Person, people
from bench.servers import settings, uvicorn

CONNECTIONS = 16


def storages() -> dict[str, tuple[str, str | None]]:
    """Return the addresses of what can be measured, by name."""
    found: dict[str, tuple[str, str | None]] = {
        "sqlite": (f"sqlite:///{tempfile.mkdtemp()}/bench.db", None)
    }
    postgres = os.environ.get("TEST_POSTGRES_URL")
    redis = os.environ.get("TEST_REDIS_URL")
    if postgres:
        found["postgres"] = (postgres, None)
    if postgres and redis:
        found["postgres + redis"] = (postgres, redis)
    return found


def measure(names: Sequence[str], *, runs: int, seconds: float) -> dict[str, object]:
    """Return the series of every storage, each beside the raw limit of its run."""
    chosen = storages()
    return {
        name: [
            series.as_json()
            for series in _measure_one(*chosen[name], runs=runs, seconds=seconds)
        ]
        for name in names or chosen
    }


def _measure_one(
    database: str, redis: str | None, *, runs: int, seconds: float
) -> list[Series]:
    environment = settings(database, redis)
    with migrated(environment), ExitStack() as stack:
        persons = people(CONNECTIONS)
        raw = stack.enter_context(uvicorn("bench.apps:raw", {}))
        port = stack.enter_context(uvicorn("bench.apps:service", environment))
        return alternate(_candidates(raw, port, persons), runs=runs, seconds=seconds)


def _candidates(raw: int, port: int, persons: list[Person]) -> list[Candidate]:
    numbered = list(enumerate(persons))

    def getting(path: str) -> list[Getting]:
        return [Getting(path, number, person) for number, person in numbered]

    return [
        Candidate("raw ASGI JSON", raw, lambda: getting("/")),
        Candidate("livez", port, lambda: getting("/livez")),
        Candidate("verify", port, lambda: getting(f"{AUTH}/verify"), 204),
        Candidate("profile", port, lambda: getting(f"{AUTH}/profile")),
        Candidate("refresh", port, lambda: [Refreshing(*one) for one in numbered]),
        Candidate("sign-in", port, lambda: [SigningIn(*one) for one in numbered]),
    ]


@contextmanager
def migrated(environment: dict[str, str]) -> Iterator[None]:
    """Have the tables in place, and the environment be *environment* meanwhile."""
    from keywright.migrations.runner import migrate

    former = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        asyncio.run(migrate(environment["AUTH_DATABASE_URL"]))
        yield
    finally:
        for name, value in former.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
