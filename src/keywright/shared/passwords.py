"""Argon2id in a bounded pool of threads (RFC 9106, OWASP Password Storage).

A hash costs some 15 to 20 milliseconds of a core on purpose, so it never runs on the
event loop, and no more of them wait than can be done in two seconds.
"""

import asyncio
import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import Argon2Error, InvalidHashError

from keywright.shared.errors import Busy
from keywright.shared.foreign_hashes import is_foreign, matches_foreign
from keywright.shared.secrets import random_bytes, to_text

T = TypeVar("T")
MIB = 1024 * 1024
MEMORY_PER_HASH = 32 * MIB
MOST_MEMORY_KIB, MOST_PASSES, MOST_LANES = 262_144, 16, 16


@dataclass(frozen=True, slots=True)
class HashCost:
    """Argon2id parameters; the defaults are OWASP's minimum."""

    memory_kib: int = 19_456
    passes: int = 2
    lanes: int = 1


def sensible_threads() -> int:
    """Return min(cores, memory / 32 MiB): more threads only add waiting."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    return max(1, min(cores, memory // MEMORY_PER_HASH))


class PasswordHashes:
    """Makes and checks password hashes in PHC form, in threads of its own."""

    def __init__(
        self,
        *,
        threads: int | None = None,
        cost: HashCost | None = None,
        longest_wait: timedelta = timedelta(seconds=2),
    ) -> None:
        """Open the pool; *longest_wait* bounds the queue, judged by recent speed."""
        cost = cost or HashCost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            type=Type.ID,
        )
        self._threads = threads or sensible_threads()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="argon2")
        self._longest_wait = longest_wait.total_seconds()
        self._seconds = 0.02
        self._waiting = 0
        self._decoy = self._hasher.hash(to_text(random_bytes(32)))

    async def hash(self, password: str) -> str:
        """Return the PHC string of *password*; raise `Busy` if the queue is full."""
        return await self._in_pool(lambda: self._hasher.hash(password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Say whether *password* is the one hashed in *stored*, whoever made it.

        Without a stored hash this still spends the time of one check, so that the
        answer's timing does not tell which addresses have an account. Raise `Busy`
        if the queue is full.
        """

        def check() -> bool:
            try:
                self._hasher.verify(stored or self._decoy, password)
            except InvalidHashError:
                return stored is not None and matches_foreign(password, stored)
            except Argon2Error:
                return False
            return stored is not None

        return await self._in_pool(check)

    def can_check(self, stored: str) -> bool:
        """Say whether *stored* is a hash of a known form that is not too dear."""
        try:
            cost = extract_parameters(stored)
        except InvalidHashError:
            return is_foreign(stored)
        return (
            cost.memory_cost <= MOST_MEMORY_KIB
            and cost.time_cost <= MOST_PASSES
            and cost.parallelism <= MOST_LANES
        )

    def is_outdated(self, stored: str) -> bool:
        """Say whether *stored* was made in another way than today's."""
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """Let the running checks finish and drop the waiting ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        expected = self._waiting * self._seconds / self._threads
        if expected > self._longest_wait:
            raise Busy(retry_after=timedelta(seconds=math.ceil(expected)))
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._timed, work)
        finally:
            self._waiting -= 1

    def _timed(self, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            spent = time.perf_counter() - began
            self._seconds += (spent - self._seconds) / 16
