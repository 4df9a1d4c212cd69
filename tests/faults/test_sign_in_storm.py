"""R17: three hundred sign-ins at once leave the rest of the service usable."""

import asyncio
import time
from collections import Counter
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from tests.faults.conftest import Stores
from tests.faults.people import sign_up
from tests.faults.service import PASSWORD, Killable, post

SIGN_INS = 300
SLOWEST_LIVEZ = 2.0
pytestmark = pytest.mark.parametrize("stores", ["sqlite"], indirect=True)


@pytest.mark.fault("R17")
@pytest.mark.timeout(180)
@pytest.mark.asvs("V15.2.2")
async def test_a_storm_of_sign_ins_is_answered_and_livez_goes_on(
    stores: Stores, tmp_path: Path
) -> None:
    async with Killable(tmp_path, stores.environment) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            await post(client, "verify-user", somebody.proof)
        over = asyncio.Event()
        watch = asyncio.create_task(_watch(service, over))
        seen = await _storm(service, somebody.email)
        over.set()
        slowest, answered = await watch
        print(f"{dict(seen)}; {answered} of livez, the slowest {slowest:.3f} s")
        assert sum(seen.values()) == SIGN_INS
        assert set(seen) <= {200, 401, 503}, seen
        assert answered > 0
        assert slowest < SLOWEST_LIVEZ


async def _storm(service: Killable, email: str) -> Counter[int]:
    seen: Counter[int] = Counter()
    body = {"email": email, "password": PASSWORD}

    async def one(client: AsyncClient) -> None:
        answer = await post(client, "signin", body)
        assert answer is not None
        seen[answer.status_code] += 1
        if answer.status_code == 503:
            assert "retry-after" in answer.headers

    async with service.client() as client:
        await asyncio.gather(*(one(client) for _ in range(SIGN_INS)))
    return seen


async def _watch(service: Killable, over: asyncio.Event) -> tuple[float, int]:
    slowest, answered = 0.0, 0
    async with AsyncClient(base_url=service.origin, timeout=30) as client:
        while not over.is_set():
            began = time.monotonic()
            assert (await client.get("/livez")).status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            answered += 1
            await asyncio.sleep(0.02)
    return slowest, answered
