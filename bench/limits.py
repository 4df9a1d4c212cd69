"""What the machine can do at all: primitives, without a service around them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from argon2 import PasswordHasher

from keywright.shared.access_tokens import TYPE, AccessTokens
from keywright.shared.clock import utc_now
from keywright.shared.jwt import ALGORITHMS, KeyRing, generate_key, read
from keywright.shared.passwords import HashCost, sensible_threads
from keywright.shared.secrets import new_id

SECONDS = 1.0
DAY = timedelta(days=1)


def per_second(work: Callable[[], object], seconds: float = SECONDS) -> float:
    """Return how often *work* runs in a second, one after the other."""
    count, began = 0, time.perf_counter()
    until = began + seconds
    while time.perf_counter() < until:
        work()
        count += 1
    return count / (time.perf_counter() - began)


def argon2_per_second(seconds: float = SECONDS) -> float:
    """Return the Argon2id checks per second on as many threads as the service uses."""
    cost = HashCost()
    hasher = PasswordHasher(cost.passes, cost.memory_kib, cost.lanes)
    stored = hasher.hash("x")
    threads = sensible_threads()
    until = time.perf_counter() + seconds

    def check() -> int:
        count = 0
        while time.perf_counter() < until:
            hasher.verify(stored, "x")
            count += 1
        return count

    with ThreadPoolExecutor(threads) as pool:
        counts = [pool.submit(check) for _ in range(threads)]
        return sum(count.result() for count in counts) / seconds


def token_microseconds() -> dict[str, float]:
    """Return the time of signing, checking and a cache hit, by algorithm."""
    result: dict[str, float] = {}
    for algorithm in ALGORITHMS:
        result |= _microseconds_of(algorithm)
    return result


def _microseconds_of(algorithm: str) -> dict[str, float]:
    key = generate_key(algorithm)
    ring = KeyRing(key, [key])
    tokens = AccessTokens(
        lambda: ring,
        issuer="https://bench.example",
        lifetime=timedelta(minutes=15),
        now=utc_now,
    )
    user, session, now = new_id(), new_id(), utc_now()

    def sign() -> str:
        return tokens.write(
            user,
            session,
            role="user",
            auth_time=now,
            amr=("pwd",),
            epoch=0,
            now=now,
            session_ends_at=now + DAY,
        )

    token = sign()

    def check() -> object:
        return read(token, typ=TYPE, ring=ring, now=utc_now())

    return {
        f"sign {algorithm}": 1e6 / per_second(sign),
        f"check {algorithm}": 1e6 / per_second(check),
        f"check {algorithm}, cached": 1e6 / per_second(lambda: tokens.read(token)),
    }
