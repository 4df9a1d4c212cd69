"""R21 and more: another service checks tokens while everything happens to this one.

What was measured is printed; nothing is asserted about how fast the machine is.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import jwt
import pytest
from fastapi import Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient

from keywright.shared.clock import shifted, utc_now
from keywright.shared.errors import AuthError
from keywright.shared.jwt import generate_key
from keywright.verify import Principal, Verifier
from tests.blueprints.servers import without_settings
from tests.faults.people import sign_up, signed_in
from tests.faults.service import AUTH, Killable, post
from tests.verify.issuer import Issuer

PATIENCE = 120
CHECKS_AFTERWARDS = 20
SECOND = timedelta(seconds=1)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Killable]:
    database = {"AUTH_DATABASE_URL": f"sqlite:///{tmp_path / 'auth.db'}"}
    async with Killable(tmp_path, database) as service:
        yield service


@pytest.fixture
async def verifier(service: Killable) -> AsyncIterator[Verifier]:
    now = shifted(utc_now, service.clock_file)
    async with Verifier(service.origin, now=now) as verifier:
        yield verifier


@asynccontextmanager
async def shop_of(verifier: Verifier) -> AsyncIterator[AsyncClient]:
    """Open another service, which has nothing of the first but its address."""
    app = FastAPI(lifespan=verifier.lifespan)

    @app.get("/me")
    async def me(
        principal: Annotated[Principal, Depends(verifier.principal)],
    ) -> str:
        return str(principal.user_id)

    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://shop") as client,
    ):
        yield client


async def user_of(service: Killable, client: AsyncClient) -> str:
    """Return the address of a new user."""
    started = await sign_up(service, client)
    assert await post(client, "verify-user", started.proof) is not None
    return started.email


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['accessToken']}"}


async def until(holds: Callable[[], Awaitable[bool]]) -> float:
    """Return after how many seconds *holds* became true."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.02)
    return time.monotonic() - began


async def keys_command(service: Killable, *arguments: str) -> None:
    """Run `keys` on the command line, beside the running service."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "keywright.cli.main", "keys", *arguments),
        cwd=service.folder,
        env={**without_settings(), **service.environment},
        stdout=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


async def passes(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.check(token)
    except AuthError:
        return False
    return True


@pytest.mark.fault("R21")
@pytest.mark.timeout(300)
async def test_another_service_refuses_a_session_soon_after_its_end(
    service: Killable, verifier: Verifier
) -> None:
    async with service.client() as client, shop_of(verifier) as shop:
        email = await user_of(service, client)
        ended, lives = [await signed_in(client, email) for _ in range(2)]
        for tokens in (ended, lives):
            assert (await shop.get("/me", headers=bearer(tokens))).status_code == 200
        await client.delete(f"{AUTH}/sessions", headers=bearer(lives))

        async def is_refused() -> bool:
            return (await shop.get("/me", headers=bearer(ended))).status_code == 401

        print(f"refused after {await until(is_refused):.2f} s")
        assert (await shop.get("/me", headers=bearer(lives))).status_code == 200


@pytest.mark.fault("R21")
@pytest.mark.timeout(300)
async def test_a_password_that_changes_ends_every_earlier_token_elsewhere(
    service: Killable, verifier: Verifier
) -> None:
    async with service.client() as client:
        email = await user_of(service, client)
        earlier = (await signed_in(client, email))["accessToken"]
        acting = await signed_in(client, email)
        changed = await client.post(
            f"{AUTH}/change-password",
            json={
                "oldPassword": "difference engine no. 2",
                "newPassword": "analytical engine no. 1",
            },
            headers=bearer(acting),
        )

        async def is_refused() -> bool:
            return not await passes(verifier, earlier)

        print(f"refused after {await until(is_refused):.2f} s")
        assert await passes(verifier, changed.json()["data"]["tokens"]["accessToken"])


@pytest.mark.fault("R21")
@pytest.mark.timeout(300)
async def test_another_service_goes_on_while_this_one_is_down(
    service: Killable, verifier: Verifier
) -> None:
    async with service.client() as client:
        email = await user_of(service, client)
        tokens, ended = [await signed_in(client, email) for _ in range(2)]
        await client.delete(f"{AUTH}/sessions", headers=bearer(tokens))

    async def is_refused() -> bool:
        return not await passes(verifier, ended["accessToken"])

    async def is_stale() -> bool:
        return verifier.stale_for is not None and verifier.stale_for > 3 * SECOND

    await until(is_refused)
    service.kill()
    await until(is_stale)

    assert await passes(verifier, tokens["accessToken"])
    assert not await passes(verifier, ended["accessToken"])
    stranger = Issuer(now=utc_now(), keys=[generate_key("ES256")])
    assert not await passes(verifier, stranger.token(issuer=service.origin))

    await service.start()
    async with service.client() as client:
        newest = await signed_in(client, email)
        await client.delete(f"{AUTH}/sessions", headers=bearer(newest))

    async def is_followed_again() -> bool:
        return not await passes(verifier, tokens["accessToken"])

    print(f"followed again after {await until(is_followed_again):.2f} s")
    assert await passes(verifier, newest["accessToken"])


@dataclass(slots=True)
class Visitor:
    """Refreshes all the time and shows every token to another service."""

    client: AsyncClient
    verifier: Verifier
    refresh: str
    kids: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Go on until cancelled."""
        earlier = ""
        while True:
            answer = await post(
                self.client, "refresh-token", {"refreshToken": self.refresh}
            )
            assert answer is not None
            if answer.status_code != 200:
                self.failures.append(f"refresh: {answer.text}")
                return
            tokens = answer.json()["data"]["tokens"]
            self.refresh, newest = tokens["refreshToken"], tokens["accessToken"]
            for token in filter(None, (earlier, newest)):
                if not await passes(self.verifier, token):
                    self.failures.append(f"check of a token by {kid_of(token)}")
            self.kids.append(kid_of(newest))
            earlier = newest
            await asyncio.sleep(0.02)


@pytest.mark.fault("R21")
@pytest.mark.timeout(420)
async def test_no_check_fails_while_the_key_is_rotated_under_load(
    service: Killable, verifier: Verifier
) -> None:
    async with service.client() as client:
        email = await user_of(service, client)
        visitors = [
            Visitor(client, verifier, (await signed_in(client, email))["refreshToken"])
            for _ in range(2)
        ]
        loads = [asyncio.create_task(visitor.run()) for visitor in visitors]

        async def is_staged() -> bool:
            published = (await client.get("/.well-known/jwks.json")).json()
            return len(published["keys"]) == 2

        async def signs() -> bool:
            return all(
                visitor.failures
                or (
                    len(visitor.kids) > CHECKS_AFTERWARDS
                    and len(set(visitor.kids[-CHECKS_AFTERWARDS:])) == 1
                    and visitor.kids[-1] != visitor.kids[0]
                )
                for visitor in visitors
            )

        await keys_command(service, "rotate")
        print(f"published after {await until(is_staged):.1f} s")
        service.advance(timedelta(minutes=10, seconds=5))
        print(f"signs after {await until(signs):.1f} s")
        for load in loads:
            load.cancel()
        await asyncio.wait(loads)

    assert [visitor.failures for visitor in visitors] == [[], []]
    print(f"{sum(2 * len(visitor.kids) for visitor in visitors)} checks, none failed")


@pytest.mark.fault("R21")
@pytest.mark.attack("A20")
@pytest.mark.timeout(420)
async def test_a_revoked_key_is_dead_elsewhere_and_its_successor_is_known(
    service: Killable, verifier: Verifier
) -> None:
    async with service.client() as client:
        email = await user_of(service, client)
        tokens = await signed_in(client, email)
        old = tokens["accessToken"]
        assert await passes(verifier, old)

        async def is_dead() -> bool:
            return not await passes(verifier, old)

        await keys_command(service, "revoke", kid_of(old))
        print(f"dead after {await until(is_dead):.1f} s")
        body = {"refreshToken": tokens["refreshToken"]}
        answer = await post(client, "refresh-token", body)
        assert answer is not None
        newest = answer.json()["data"]["tokens"]["accessToken"]

    assert kid_of(newest) != kid_of(old)
    assert await passes(verifier, newest)
