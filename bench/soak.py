"""Hours of ordinary use: what the process holds must not grow."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from bench.behaviours import AUTH, Getting, Refreshing, SigningIn
from bench.client import User, run
from bench.people import Person, people
from bench.servers import settings, uvicorn
from bench.service import migrated, storages
from keywright.shared.sql import Database
from keywright.shared.tables import Base

CONNECTIONS = 8
SIGNED_IN_ANEW = 2
SAMPLE_SECONDS = 30.0
PAUSE = 0.06
"""Between two requests of a connection: some 100 requests a second in all."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the server process and its database held at one moment."""

    minute: float
    megabytes: float
    files: int
    rows: int
    done: int
    failed: int


def measure(*, minutes: float, storage: str) -> list[Sample]:
    """Use the service for *minutes* and return what it held meanwhile."""
    database, redis = storages()[storage]
    environment = settings(database, redis)
    samples = []
    with migrated(environment), ExitStack() as stack:
        persons = people(CONNECTIONS)
        port = stack.enter_context(uvicorn("bench.apps:service", environment))
        (server,) = _children()
        users = _users(persons)
        began = time.monotonic()
        while (passed := time.monotonic() - began) < minutes * 60:
            load = asyncio.run(
                run(port, users, status=200, seconds=SAMPLE_SECONDS, pause=PAUSE)
            )
            rows = asyncio.run(_rows(database))
            size, files = _megabytes(server), _open_files(server)
            sample = Sample(passed / 60, size, files, rows, load.done, load.failed)
            print(sample)
            samples.append(sample)
    return samples


def growth(samples: Sequence[Sample]) -> dict[str, float]:
    """Return the last third of *samples* in proportion to the middle one."""
    third = max(1, len(samples) // 3)
    middle, last = samples[third : 2 * third] or samples, samples[-third:]
    return {
        name: round(_mean(last, name) / max(1.0, _mean(middle, name)), 3)
        for name in ("megabytes", "files", "rows")
    }


def _users(persons: Sequence[Person]) -> list[User]:
    users: list[User] = []
    for number, person in enumerate(persons):
        if number < SIGNED_IN_ANEW:
            users.append(SigningIn(number, person))
        elif number % 2:
            users.append(Refreshing(number, person))
        else:
            users.append(Getting(f"{AUTH}/profile", number, person))
    return users


def _children() -> Iterator[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii")
    return map(int, listed.split())


def _megabytes(process: int) -> float:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    (line,) = [one for one in rollup.splitlines() if one.startswith("Pss:")]
    return round(int(line.split()[1]) / 1024, 1)


def _open_files(process: int) -> int:
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


async def _rows(database: str) -> int:
    db = Database(database)
    try:
        total = 0
        for table in Base.metadata.sorted_tables:
            row = await db.first(select(func.count().label("rows")).select_from(table))
            total += row["rows"] if row is not None else 0
        return total
    finally:
        await db.close()


def _mean(samples: Sequence[Sample], name: str) -> float:
    values: list[float] = [getattr(one, name) for one in samples]
    return sum(values) / len(values)
