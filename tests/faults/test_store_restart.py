"""R4, R6 and R8: a store is killed and started again under load."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.conftest import Stores
from tests.faults.load import recovers, refreshing, sessions_of
from tests.faults.people import sign_up
from tests.faults.service import Killable, post
from tools.devservers.mongos import mongo
from tools.devservers.processes import Server
from tools.devservers.servers import mysql, postgres
from tools.devservers.valkeys import node, redis

CLIENTS = 4
DOWN_SECONDS = 2.0
RECOVERS_WITHIN = 5.0
AGAIN = {"postgres": postgres, "mysql": mysql, "mongo": mongo, "redis": redis}
pytestmark = pytest.mark.parametrize("stores", [*AGAIN, "cluster"], indirect=True)


@pytest.mark.fault("R4")
@pytest.mark.fault("R6")
@pytest.mark.fault("R8")
@pytest.mark.timeout(240)
@pytest.mark.asvs("V16.5.2")
async def test_a_store_that_restarts_costs_503_and_logs_nobody_out(
    stores: Stores, tmp_path: Path
) -> None:
    [(name, server)] = stores.servers.items()
    async with Killable(tmp_path, stores.environment) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            await post(client, "verify-user", somebody.proof)
            tokens = await sessions_of(client, somebody.email, CLIENTS)
        seen: Counter[int] = Counter()
        async with refreshing(service, tokens, seen) as load:
            await load.acknowledged(3 * CLIENTS)
            stores.servers["again"] = await _restart(name, server, tmp_path / name)
            recovered = await recovers(service)
            await load.acknowledged(3 * CLIENTS)
        assert recovered <= RECOVERS_WITHIN
        assert {200} <= set(seen) <= {200, 503}, seen
        async with service.client() as client:
            last = [
                await post(client, "refresh-token", {"refreshToken": token})
                for token in load.tokens
            ]
        assert [one.status_code for one in last if one] == [200] * CLIENTS


async def _restart(name: str, server: Server, folder: Path) -> Server:
    """Kill the server, or one of a cluster, and start it again."""
    killed = server.beside[-1] if server.beside else server
    await asyncio.to_thread(killed.kill)
    await asyncio.sleep(DOWN_SECONDS)
    if server.beside:
        return await asyncio.to_thread(lambda: node(folder, killed.port, durable=True))
    return await asyncio.to_thread(
        lambda: AGAIN[name](folder, durable=True, port=server.port)
    )
