"""R2: the service is killed while an address is verified."""

import asyncio
import random
from datetime import timedelta
from pathlib import Path

import pytest
from httpx2 import AsyncClient

from tests.faults.conftest import Stores
from tests.faults.people import SigningUp, sign_up, signed_in
from tests.faults.service import LONGEST_PAUSE, ROUNDS, Killable, post

RESUMES = timedelta(seconds=31)
MAIN = ("sqlite", "postgres", "mysql", "mongo")
pytestmark = pytest.mark.parametrize("stores", MAIN, indirect=True)


@pytest.mark.fault("R2")
@pytest.mark.timeout(60 + 30 * ROUNDS)
@pytest.mark.asvs("V2.3.3")
async def test_a_verification_that_was_killed_is_done_or_can_be_repeated(
    stores: Stores, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    pauses = random.Random(seed)
    async with Killable(tmp_path, stores.environment) as service:
        for round_ in range(ROUNDS):
            async with service.client() as client:
                somebody = await sign_up(service, client)
                request = asyncio.create_task(
                    post(client, "verify-user", somebody.proof)
                )
                await asyncio.sleep(pauses.uniform(0, LONGEST_PAUSE))
                service.kill()
                answered = await request
            await service.start()
            async with service.client() as client:
                if answered is None or answered.status_code != 201:
                    where = f"seed {seed}, round {round_}"
                    await _complete(service, client, somebody, where)
                assert await signed_in(client, somebody.email)


async def _complete(
    service: Killable, client: AsyncClient, somebody: SigningUp, where: str
) -> None:
    again = await post(client, "verify-user", somebody.proof)
    assert again is not None, where
    if again.status_code == 409:
        service.advance(RESUMES)
        again = await post(client, "verify-user", somebody.proof)
        assert again is not None, where
        assert again.status_code == 201, f"{where}: {again.text}"
    # 400 is right where the answer alone was lost: then the sign-in that follows works.
    assert again.status_code in {201, 400}, f"{where}: {again.text}"
