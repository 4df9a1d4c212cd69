"""Argon2id in a bounded pool of threads."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest

from keywright.shared.errors import Busy
from keywright.shared.passwords import HashCost, PasswordHashes, sensible_threads
from tests.instants import SECOND

CHEAP = HashCost(memory_kib=8, passes=1)
PASSWORD = "correct horse battery"


@pytest.fixture
async def hashes() -> AsyncIterator[PasswordHashes]:
    pool = PasswordHashes(threads=2, cost=CHEAP)
    yield pool
    pool.close()


def test_the_default_cost_is_the_least_that_owasp_asks_for() -> None:
    assert HashCost() == HashCost(memory_kib=19_456, passes=2, lanes=1)


async def test_a_hash_names_argon2id_and_its_parameters() -> None:
    pool = PasswordHashes(threads=1)
    hashed = await pool.hash(PASSWORD)
    pool.close()

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_password_matches_its_own_hash_only(hashes: PasswordHashes) -> None:
    hashed = await hashes.hash(PASSWORD)

    assert await hashes.matches(PASSWORD, hashed)
    assert not await hashes.matches(PASSWORD + " ", hashed)
    assert hashed != await hashes.hash(PASSWORD)


@pytest.mark.attack("G1")
async def test_what_stands_behind_the_72nd_byte_counts(hashes: PasswordHashes) -> None:
    hashed = await hashes.hash("a" * 72 + "b")

    assert not await hashes.matches("a" * 72 + "c", hashed)
    assert await hashes.matches("a" * 72 + "b", hashed)


@pytest.mark.attack("G5")
@pytest.mark.parametrize("password", ["", " ", "null", PASSWORD])
async def test_without_a_stored_hash_nothing_matches(
    hashes: PasswordHashes, password: str
) -> None:
    assert not await hashes.matches(password, None)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "x",
        "$argon2id$v=19$m=8,t=1,p=1$AAAA$BBBB",
        "$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234",
    ],
)
async def test_what_is_no_hash_of_ours_matches_nothing(
    hashes: PasswordHashes, stored: str
) -> None:
    assert not await hashes.matches(PASSWORD, stored)


async def test_a_decoy_costs_as_many_checks_as_a_real_hash(
    hashes: PasswordHashes,
) -> None:
    checked: list[str] = []
    verify = hashes._hasher.verify

    class Watched:
        """The hasher, watched."""

        def verify(self, stored: str, password: str) -> bool:
            """Note the parameters of *stored* and check."""
            checked.append(stored.rpartition("$")[0].rpartition("$")[0])
            return verify(stored, password)

    hashed = await hashes.hash(PASSWORD)
    hashes._hasher = Watched()  # type: ignore[assignment] # only verify is called
    await hashes.matches("wrong", hashed)
    await hashes.matches("wrong", None)

    assert checked == ["$argon2id$v=19$m=8,t=1,p=1"] * 2


async def test_a_hash_by_other_parameters_is_outdated(hashes: PasswordHashes) -> None:
    other = PasswordHashes(threads=1, cost=HashCost(memory_kib=16, passes=1))
    hashed = await other.hash(PASSWORD)
    other.close()

    assert hashes.is_outdated(hashed)
    assert not hashes.is_outdated(await hashes.hash(PASSWORD))
    assert await hashes.matches(PASSWORD, hashed)


async def test_hashes_run_beside_the_event_loop(hashes: PasswordHashes) -> None:
    threads: set[str] = set()
    loop = threading.current_thread()

    def note() -> None:
        threads.add(threading.current_thread().name)

    await asyncio.gather(*(hashes._in_pool(note) for _ in range(20)))

    assert loop.name not in threads
    assert all(name.startswith("argon2") for name in threads)
    assert 1 <= len(threads) <= 2


@pytest.mark.attack("R17")
async def test_more_work_than_can_be_done_in_time_is_refused() -> None:
    pool = PasswordHashes(
        threads=1, cost=CHEAP, longest_wait=timedelta(milliseconds=50)
    )

    def slow() -> None:
        time.sleep(0.02)

    tasks = [pool._in_pool(slow) for _ in range(50)]
    done = await asyncio.gather(*tasks, return_exceptions=True)

    refused = [error for error in done if isinstance(error, Busy)]
    assert 1 <= done.count(None) == 50 - len(refused) < 50
    assert {error.retry_after for error in refused} == {SECOND}
    await pool._in_pool(slow)
    pool.close()


async def test_what_was_refused_or_failed_does_not_wait_for_ever(
    hashes: PasswordHashes,
) -> None:
    def fail() -> None:
        raise RuntimeError

    for _ in range(3):
        with pytest.raises(RuntimeError):
            await hashes._in_pool(fail)

    assert hashes._waiting == 0


async def test_a_caller_who_goes_away_leaves_the_queue() -> None:
    pool = PasswordHashes(threads=1, cost=CHEAP)
    running = [
        asyncio.create_task(pool._in_pool(lambda: time.sleep(0.05))) for _ in range(5)
    ]
    await asyncio.sleep(0)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)

    assert pool._waiting == 0
    assert await pool.hash(PASSWORD)
    pool.close()


async def test_closing_lets_the_running_one_finish_and_drops_the_others() -> None:
    pool = PasswordHashes(threads=1, cost=CHEAP)
    finished: list[int] = []

    started = threading.Event()

    def work(number: int) -> None:
        started.set()
        time.sleep(0.05)
        finished.append(number)

    tasks = [
        asyncio.create_task(pool._in_pool(partial(work, number))) for number in range(5)
    ]
    await asyncio.to_thread(started.wait)

    pool.close()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert finished == [0]


def test_there_is_a_thread_at_least_and_none_too_many() -> None:
    assert 1 <= sensible_threads() <= 1024
