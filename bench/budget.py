"""Counts the work of one request: it does not drift with the machine."""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import httpx2
from joserfc import jws
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.people import PASSWORD, make_people
from bench.servers import SECRET
from keywright import create_app, load_settings
from keywright.blueprints.hybrid_auth.composition import open_auth
from keywright.migrations.runner import migrate

AUTH = "/api/v1/auth"
BEARER = {"x-token-transport": "bearer"}
COUNTED = Counter[str]
RUNS = 7
QUIET_AFTER = 3.0


def measure(redis: str | None = None) -> dict[str, dict[str, int]]:
    """Return round trips, signatures, hashes and calls of each hot operation."""
    return asyncio.run(_measure(redis))


async def _measure(redis: str | None) -> dict[str, dict[str, int]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'budget.db'}"
        await migrate(url)
        settings = load_settings(
            env="test",
            database_url=url,
            secret=SECRET,
            redis_url=redis,
            redis_durability="relaxed",
        )
        auth = await open_auth(settings)
        [person] = await make_people(auth, 1)
        token = person.credentials.refresh
        if token is None:
            raise RuntimeError
        await auth.close()
        app = create_app(settings)
        async with app.router.lifespan_context(app):
            transport = httpx2.ASGITransport(app=app)
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://127.0.0.1:9000"
            ) as client:
                access = {"authorization": f"Bearer {person.credentials.access}"}
                family = _Family(client, token)
                login = {"email": person.email, "password": PASSWORD}
                operations: dict[str, Callable[[], Awaitable[httpx2.Response]]] = {
                    "livez": lambda: client.get("/livez"),
                    "verify": lambda: client.get(f"{AUTH}/verify", headers=access),
                    "profile": lambda: client.get(f"{AUTH}/profile", headers=access),
                    "sign-in": lambda: client.post(
                        f"{AUTH}/signin", json=login, headers=BEARER
                    ),
                    "refresh, rotating": family.rotate,
                    "refresh, repeated": family.repeat,
                }
                await operations["verify"]()
                await operations["profile"]()
                await asyncio.sleep(QUIET_AFTER)
                return {name: await _least(work) for name, work in operations.items()}


class _Family:
    """Follows a family, or repeats its last step."""

    def __init__(self, client: httpx2.AsyncClient, token: str) -> None:
        self._client = client
        self._token = self._former = token

    async def rotate(self) -> httpx2.Response:
        """Present the newest token, and keep its successor."""
        answer = await self._present(self._token)
        self._former = self._token
        self._token = answer.json()["data"]["tokens"]["refreshToken"]
        return answer

    async def repeat(self) -> httpx2.Response:
        """Present the token before the newest."""
        return await self._present(self._former)

    async def _present(self, token: str) -> httpx2.Response:
        body = {"refreshToken": token}
        path = f"{AUTH}/refresh-token"
        return await self._client.post(path, json=body, headers=BEARER)


async def _least(work: Callable[[], Awaitable[httpx2.Response]]) -> dict[str, int]:
    """Return the counts of the quietest of several runs: jobs run beside requests."""
    runs = [await _counted(work) for _ in range(RUNS)]
    return dict(min(runs, key=lambda counted: counted["Python calls"]))


async def _counted(work: Callable[[], Awaitable[httpx2.Response]]) -> COUNTED:
    counted: COUNTED = Counter()

    def statement(_c: object, _cursor: object, text: str, *_: object) -> None:
        kind = "reads" if text.lstrip().upper().startswith("SELECT") else "writes"
        if text.split(maxsplit=1)[0].upper() not in {"BEGIN", "COMMIT", "ROLLBACK"}:
            counted[f"database {kind}"] += 1

    interesting = {
        jws.serialize_compact.__code__: "signatures",
        jws.deserialize_compact.__code__: "signature checks",
        ThreadPoolExecutor.submit.__code__: "hashes",
    }

    def profile(frame: FrameType, kind: str, _: object) -> None:
        if kind == "call":
            counted["Python calls"] += 1
            name = interesting.get(frame.f_code)
            if name:
                counted[name] += 1
            if frame.f_code.co_name == "execute_command":
                counted["Redis commands"] += 1

    event.listen(Engine, "before_cursor_execute", statement)
    sys.setprofile(profile)
    try:
        response = await work()
    finally:
        sys.setprofile(None)
        event.remove(Engine, "before_cursor_execute", statement)
    if response.is_error:
        message = f"{response.request.url} answered {response.status_code}"
        raise RuntimeError(message)
    return counted
