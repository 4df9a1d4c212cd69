"""R30: what clients, a thief and an administrator do keeps the promises everywhere.

MACHINE_EXAMPLES is how many runs each store gets, MACHINE_SEED repeats a run.
"""

import asyncio
import os
import sys
from dataclasses import replace
from functools import partial
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test

from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter
from keywright.features.refresh_tokens.memory import Families
from keywright.features.users.memory import Users
from keywright.shared.errors import StoreUnavailable
from keywright.shared.secrets import random_bytes
from tests.contracts.broken import BROKEN
from tests.contracts.conftest import Opened
from tests.contracts.in_memory import open_memory
from tests.contracts.machine import Machine
from tests.contracts.stores import Stores

BACKENDS = ("memory", "sqlite", "postgres", "mysql", "mongo", "redis", "cluster")
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "6"))
STEPS = 30
FINDS_WITHIN = 300
ALL_PHASES = (Phase.generate, Phase.shrink)


async def run(
    stores: Stores, *, examples: int, phases: tuple[Phase, ...] = ALL_PHASES
) -> None:
    """Let the machine run on *stores*, whose loop is this one."""
    number = int(os.environ.get("MACHINE_SEED") or int.from_bytes(random_bytes(4)))
    sys.stdout.write(f"MACHINE_SEED={number}\n")
    loop = asyncio.get_running_loop()
    machine = type("Machine", (Machine,), {"stores": stores, "loop": loop})
    limits = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        phases=phases,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(
        partial(run_state_machine_as_test, seed(number)(machine), settings=limits)
    )


@pytest.mark.fault("R30")
@pytest.mark.timeout(60 + 10 * EXAMPLES)
@pytest.mark.parametrize("name", BACKENDS)
async def test_whatever_happens_the_promises_hold(name: str, opened: Opened) -> None:
    stores = await opened.fresh(name)

    await run(stores, examples=EXAMPLES)


@pytest.mark.parametrize("broken", BROKEN)
async def test_a_store_with_a_fault_is_found(broken: type[Families]) -> None:
    async with open_memory() as place:
        letters = Letters()
        users = Users(letters)
        stores = replace(
            place.stores,
            users=users,
            outbox=letters,
            families=broken(users, letters),
            letter=lambda letter_id: _recorded(letters, letter_id),
        )

        # An armed failure that no rotation met comes up later, which is found, too.
        with pytest.raises((AssertionError, ExceptionGroup, StoreUnavailable)):
            await _search(stores)


async def _search(stores: Stores) -> None:
    try:
        await run(stores, examples=FINDS_WITHIN, phases=(Phase.generate,))
    except FlakyStrategyDefinition:
        # Two runs of one seed met the fault at different steps; take another seed.
        await run(stores, examples=FINDS_WITHIN, phases=(Phase.generate,))


async def _recorded(letters: Letters, letter_id: UUID) -> Letter | None:
    found = (one for one in letters.recorded() if one.id == letter_id)
    return next(found, None)
