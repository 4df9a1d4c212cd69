"""One of the processes that race for the same rows.

Reads lines of JSON: a task, then a start signal. Prints "ready" after the first and
the outcome after the second, until its input ends.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID

from keywright.features.rate_limits.types import Limit
from keywright.features.refresh_tokens.types import Presented
from keywright.shared.secrets import new_id, random_bytes
from tests.contracts.backends import BACKENDS
from tests.contracts.stores import Stores
from tests.instants import DAY, MINUTE, NOW

AT_ONCE = 4
"""How many callers of one process race for each row."""

Rows = Sequence[Sequence[str]]


async def rotate(stores: Stores, rows: Rows) -> list[int]:
    """Return for each family, user and digest how many rotations won."""
    wins = []
    for family_id, user_id, digest in rows:
        shown = Presented(UUID(family_id), UUID(user_id), bytes.fromhex(digest), NOW)
        attempts = [
            stores.families.rotate(
                shown,
                epoch=0,
                successor=random_bytes(32),
                now=NOW,
                idle_expires_at=NOW + DAY,
            )
            for _ in range(AT_ONCE)
        ]
        wins.append(sum(await asyncio.gather(*attempts)))
    return wins


async def consume(stores: Stores, rows: Rows) -> list[int]:
    """Return for each flow how many uses won."""
    wins = []
    for (flow_id,) in rows:
        attempts = [
            stores.challenges.consume(bytes.fromhex(flow_id), now=NOW)
            for _ in range(AT_ONCE)
        ]
        wins.append(sum(await asyncio.gather(*attempts)))
    return wins


async def hit(stores: Stores, rows: Rows) -> list[int]:
    """Return for each key how many of three times the limit passed."""
    passed = []
    for key, count in rows:
        limit = Limit("race", int(count), MINUTE)
        acts = [
            stores.limiter.hit(bytes.fromhex(key), limit, now=NOW)
            for _ in range(3 * limit.count)
        ]
        passed.append((await asyncio.gather(*acts)).count(None))
    return passed


async def claim(stores: Stores, rows: Rows) -> list[int]:
    """Return the ids of all letters that were handed out."""
    ids: list[int] = []
    while letters := await stores.outbox.claim(
        lease=new_id(), until=NOW + MINUTE, now=NOW, most=len(rows)
    ):
        ids += [letter.id.int for letter in letters]
    return ids


STEPS: dict[str, Callable[[Stores, Rows], Coroutine[None, None, list[int]]]] = {
    "rotate": rotate,
    "consume": consume,
    "hit": hit,
    "claim": claim,
}


async def main() -> None:
    """Do tasks until the input ends."""
    opened: dict[str, Stores] = {}
    async with AsyncExitStack() as stack:
        while line := await asyncio.to_thread(sys.stdin.readline):
            task = json.loads(line)
            name = task["backend"]
            if name not in opened:
                opening = BACKENDS[name].open(Path(task["folder"]), False)
                place = await stack.enter_async_context(opening)
                opened[name] = place.stores
            say("ready")
            await asyncio.to_thread(sys.stdin.readline)
            say(json.dumps(await STEPS[task["step"]](opened[name], task["rows"])))


def say(line: str) -> None:
    """Print *line* at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
