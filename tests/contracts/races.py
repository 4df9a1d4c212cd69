"""Many callers at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

RACERS = 64


async def race(run: Callable[[int], Awaitable[T]], *, racers: int = RACERS) -> list[T]:
    """Return what each of *racers* concurrent runs, told its number, came to."""
    return await asyncio.gather(*(run(number) for number in range(racers)))


def winners(results: Sequence[T]) -> list[int]:
    """Return the numbers of those that came to something."""
    return [number for number, result in enumerate(results) if result]
