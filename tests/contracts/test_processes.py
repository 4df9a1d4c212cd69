"""The critical steps, raced for by two real processes."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from pathlib import Path

import pytest

from keywright.shared.secrets import random_bytes
from tests.contracts.backends import BACKENDS
from tests.contracts.conftest import Opened, Task
from tests.contracts.racer import main as racer
from tests.features.challenges.builders import challenge
from tests.features.outbox.builders import letter
from tests.features.refresh_tokens.builders import family, session_of
from tests.features.users.builders import user

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
RACERS = 2
ROUNDS = 24


class Racers:
    """Processes that do the same task at the same time."""

    def __init__(self, processes: Sequence[Process]) -> None:
        self._processes = processes

    async def race(self, task: Task) -> list[list[int]]:
        """Return what the *task* came to in each process."""
        await self._tell(json.dumps(task))
        await self._answers()
        await self._tell("go")
        return [json.loads(answer) for answer in await self._answers()]

    async def _tell(self, line: str) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(f"{line}\n".encode())

    async def _answers(self) -> list[bytes]:
        outputs = [process.stdout for process in self._processes]
        return await asyncio.gather(*(one.readline() for one in outputs if one))


@pytest.fixture(scope="session")
async def racers() -> AsyncIterator[Racers]:
    command = [sys.executable, "-m", racer.__module__]
    processes = [
        await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, cwd=ROOT, limit=2**20
        )
        for _ in range(RACERS)
    ]
    yield Racers(processes)
    for process in processes:
        await process.communicate(b"")


def having(store: str) -> pytest.MarkDecorator:
    """Ask for every backend that other processes see and that has *store*."""
    names = [name for name, one in BACKENDS.items() if one.shared and store in one.has]
    return pytest.mark.parametrize("name", names)


@having("families")
async def test_of_two_processes_one_rotates_a_token(
    name: str, opened: Opened, racers: Racers
) -> None:
    stores = await opened.fresh(name)
    owner = user()
    await stores.users.add(owner)
    rows = [family(user_id=owner.id) for _ in range(ROUNDS)]
    for row in rows:
        await stores.families.add(row, session_of(row))
    tokens = [[row.id.hex, owner.id.hex, row.current_digest.hex()] for row in rows]

    wins = await racers.race(opened.task(name, "rotate", tokens))

    assert [sum(won) for won in zip(*wins, strict=True)] == [1] * ROUNDS


@having("challenges")
async def test_of_two_processes_one_consumes_a_challenge(
    name: str, opened: Opened, racers: Racers
) -> None:
    stores = await opened.fresh(name)
    rows = [challenge() for _ in range(ROUNDS)]
    for row in rows:
        await stores.challenges.issue(row, letter=None)

    wins = await racers.race(
        opened.task(name, "consume", [[row.id.hex()] for row in rows])
    )

    assert [sum(won) for won in zip(*wins, strict=True)] == [1] * ROUNDS


@having("limiter")
async def test_two_processes_share_a_limit(
    name: str, opened: Opened, racers: Racers
) -> None:
    await opened.fresh(name)
    keys = [[random_bytes(32).hex(), "10"] for _ in range(ROUNDS // 4)]

    passed = await racers.race(opened.task(name, "hit", keys))

    assert [sum(acts) for acts in zip(*passed, strict=True)] == [10] * len(keys)


@having("outbox")
async def test_two_processes_never_claim_the_same_letter(
    name: str, opened: Opened, racers: Racers
) -> None:
    stores = await opened.fresh(name)
    rows = [letter() for _ in range(5 * ROUNDS)]
    for row in rows:
        await stores.outbox.put(row)

    claimed = await racers.race(opened.task(name, "claim", [[]] * 3))

    assert sorted(chain(*claimed)) == sorted(row.id.int for row in rows)
