"""R4 and R6: a store is stopped and started again under load."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest
from httpx2 import AsyncClient, HTTPError

from tests.faults.conftest import Stores
from tests.faults.people import sign_up, signed_in
from tests.faults.service import Killable, post
from tools.devservers.processes import Server
from tools.devservers.servers import mongo, mysql, postgres
from tools.devservers.valkeys import redis

CLIENTS = 4
DOWN_SECONDS = 2.0
RECOVERS_WITHIN = 5.0
AGAIN = {"postgres": postgres, "mysql": mysql, "mongo": mongo, "redis": redis}
pytestmark = pytest.mark.parametrize("stores", AGAIN, indirect=True)


@pytest.mark.fault("R4")
@pytest.mark.fault("R6")
@pytest.mark.timeout(180)
async def test_a_store_that_restarts_costs_503_and_logs_nobody_out(
    stores: Stores, tmp_path: Path
) -> None:
    [(name, server)] = stores.servers.items()
    async with Killable(tmp_path, stores.environment) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            await post(client, "verify-user", somebody.proof)
            tokens = [
                (await signed_in(client, somebody.email))["refreshToken"]
                for _ in range(CLIENTS)
            ]
        seen: Counter[int] = Counter()
        stop = asyncio.Event()
        load = [
            asyncio.create_task(_refresh(service, token, seen, stop))
            for token in tokens
        ]
        await asyncio.sleep(1)
        started = await _restart(name, server, tmp_path / name)
        stores.servers[name] = started
        recovered = await _recovers(service)
        stop.set()
        last = await asyncio.gather(*load)
        assert recovered <= RECOVERS_WITHIN
        assert set(seen) <= {200, 503}, seen
        assert seen[200] > CLIENTS
        async with service.client() as client:
            for token in last:
                answer = await post(client, "refresh-token", {"refreshToken": token})
                assert answer is not None
                assert answer.status_code == 200, answer.text


async def _refresh(
    service: Killable, token: str, seen: Counter[int], stop: asyncio.Event
) -> str:
    """Refresh again and again, and return the last acknowledged token."""
    async with service.client() as client:
        while not stop.is_set():
            answer = await post(client, "refresh-token", {"refreshToken": token})
            assert answer is not None, "the service itself went away"
            seen[answer.status_code] += 1
            if answer.status_code == 200:
                token = answer.json()["data"]["tokens"]["refreshToken"]
            else:
                assert "retry-after" in answer.headers
            await asyncio.sleep(0.05)
    return token


async def _restart(name: str, server: Server, folder: Path) -> Server:
    await asyncio.to_thread(server.kill)
    await asyncio.sleep(DOWN_SECONDS)
    return await asyncio.to_thread(
        lambda: AGAIN[name](folder, durable=True, port=server.port)
    )


async def _recovers(service: Killable) -> float:
    """Return the seconds until the service is ready again."""
    began = time.monotonic()
    async with AsyncClient(base_url=service.origin) as client:
        while time.monotonic() - began < 4 * RECOVERS_WITHIN:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return time.monotonic() - began
            except HTTPError:
                pass
            await asyncio.sleep(0.1)
    return time.monotonic() - began
