"""R8: the primary of a replica set steps down, or is killed, under load."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.load import recovers, refreshing, sessions_of
from tests.faults.people import sign_up
from tests.faults.service import Killable, post
from tools.devservers.mongos import is_primary, replica_set, step_down
from tools.devservers.processes import Server

CLIENTS = 4
RECOVERS_WITHIN = 5.0
ELECTION_SECONDS = 60.0
STEPS_DOWN_FOR = 30


@pytest.fixture
async def members(tmp_path: Path) -> AsyncIterator[Sequence[Server]]:
    first = await asyncio.to_thread(replica_set, tmp_path)
    yield [replace(first, beside=()), *first.beside]
    await asyncio.to_thread(first.kill)


@pytest.mark.fault("R8")
@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["steps down", "is killed"])
async def test_a_primary_that_goes_costs_503_and_logs_nobody_out(
    members: Sequence[Server], how: str, tmp_path: Path
) -> None:
    async with Killable(tmp_path, {"AUTH_DATABASE_URL": members[0].url}) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            await post(client, "verify-user", somebody.proof)
            tokens = await sessions_of(client, somebody.email, CLIENTS)
        seen: Counter[int] = Counter()
        async with refreshing(service, tokens, seen) as load:
            await load.acknowledged(3 * CLIENTS)
            before = await primary(members)
            if how == "is killed":
                await asyncio.to_thread(before.kill)
            else:
                await asyncio.to_thread(step_down, before.port, seconds=STEPS_DOWN_FOR)
            after = await primary([one for one in members if one is not before])
            recovered = await recovers(service)
            await load.acknowledged(3 * CLIENTS)
        assert after is not before
        assert recovered <= RECOVERS_WITHIN
        assert set(seen) <= {200, 503}, seen
        async with service.client() as client:
            last = [
                await post(client, "refresh-token", {"refreshToken": token})
                for token in load.tokens
            ]
        assert [one.status_code for one in last if one] == [200] * CLIENTS


async def primary(members: Sequence[Server]) -> Server:
    """Return that of *members* which takes writes, once there is one."""
    async with asyncio.timeout(ELECTION_SECONDS):
        while True:
            for one in members:
                if await asyncio.to_thread(is_primary, one.port):
                    return one
            await asyncio.sleep(0.05)
