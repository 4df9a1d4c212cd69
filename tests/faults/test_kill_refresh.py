"""R1: the service is killed while it refreshes, and nothing acknowledged is lost."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.faults.conftest import Stores
from tests.faults.people import sign_up, signed_in
from tests.faults.service import LONGEST_PAUSE, ROUNDS, Killable, post


@pytest.mark.fault("R1")
@pytest.mark.attack("B4")
@pytest.mark.timeout(60 + 20 * ROUNDS)
async def test_a_refresh_that_was_killed_is_repeated_with_the_same_successor(
    stores: Stores, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    pauses = random.Random(seed)
    async with Killable(tmp_path, stores.environment) as service:
        async with service.client() as client:
            somebody = await sign_up(service, client)
            assert await post(client, "verify-user", somebody.proof) is not None
            token = (await signed_in(client, somebody.email))["refreshToken"]
        for round_ in range(ROUNDS):
            async with service.client() as client:
                request = asyncio.create_task(
                    post(client, "refresh-token", {"refreshToken": token})
                )
                await asyncio.sleep(pauses.uniform(0, LONGEST_PAUSE))
                service.kill()
                answered = await request
            await service.start()
            async with service.client() as client:
                again = await post(client, "refresh-token", {"refreshToken": token})
                where = f"seed {seed}, round {round_}"
                assert again is not None, where
                assert again.status_code == 200, f"{where}: {again.text}"
                successor = again.json()["data"]["tokens"]["refreshToken"]
                if answered is not None and answered.status_code == 200:
                    told = answered.json()["data"]["tokens"]["refreshToken"]
                    assert told == successor, where
                token = successor
        async with service.client() as client:
            last = await post(client, "refresh-token", {"refreshToken": token})
            assert last is not None
            access = last.json()["data"]["tokens"]["accessToken"]
            listed = await client.get(
                "/api/v1/auth/sessions", headers={"Authorization": f"Bearer {access}"}
            )
        assert len(listed.json()["data"]["sessions"]) == 1
