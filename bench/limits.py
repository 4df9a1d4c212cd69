"""What the machine can do at all: primitives, without a service around them."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from argon2 import PasswordHasher
from httpx2 import MockTransport, Request, Response

from keywright.shared.access_tokens import TYPE, AccessTokens
from keywright.shared.clock import utc_now
from keywright.shared.jwt import ALGORITHMS, KeyRing, generate_key, read
from keywright.shared.passwords import HashCost, sensible_threads
from keywright.shared.public_names import public_name
from keywright.shared.secrets import new_id
from keywright.verify.verifier import JWKS, Verifier

SECONDS = 1.0
DAY = timedelta(days=1)
ISSUER = "https://bench.example"
ENDS, CHECKS = 10_000, 50_000


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
    return {**result, "check in another service, cached": asyncio.run(_elsewhere())}


def _microseconds_of(algorithm: str) -> dict[str, float]:
    key = generate_key(algorithm)
    ring = KeyRing(key, [key])
    tokens = _tokens(ring)
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


async def _elsewhere() -> float:
    """Return the time of a check by a verifier that knows 10 000 ended sessions."""
    key = generate_key("ES256")
    ring, now = KeyRing(key, [key]), utc_now()
    token = _tokens(ring).write(
        new_id(),
        new_id(),
        role="user",
        auth_time=now,
        amr=("pwd",),
        epoch=0,
        now=now,
        session_ends_at=now + DAY,
    )
    ended = {
        "sessions": [public_name(new_id()) for _ in range(ENDS)],
        "users": {public_name(new_id()): 1},
    }

    def answer(request: Request) -> Response:
        is_keys = request.url.path == JWKS
        return Response(200, json=ring.jwks() if is_keys else ended)

    async with Verifier(ISSUER, transport=MockTransport(answer)) as verifier:
        await verifier.check(token)
        began = time.perf_counter()
        for _ in range(CHECKS):
            await verifier.check(token)
        return (time.perf_counter() - began) / CHECKS * 1e6


def _tokens(ring: KeyRing) -> AccessTokens:
    return AccessTokens(
        lambda: ring, issuer=ISSUER, lifetime=timedelta(minutes=15), now=utc_now
    )
