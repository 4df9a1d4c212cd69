"""The race suite: what a token's life promises, tried against a running service.

It knows nothing but the HTTP contract and one user's password, so anybody can run it
against anything that has the contract. It signs in a handful of times, and ends every
session that it opened.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from httpx2 import AsyncBaseTransport, AsyncClient, HTTPError, Limits, Response

BASE = "/api/v1/auth"
OK, UNAUTHORIZED, TOO_MANY = 200, 401, 429
BEARER = {"X-Token-Transport": "bearer"}
CODES_AT_ONCE = 16
CODE = re.compile(r"^\d{6}$", re.MULTILINE)
Wait = Callable[[float], Awaitable[None]]


class Broken(Exception):
    """A promise was not kept; the text says how."""


class Inconclusive(Exception):
    """A promise could not be tried; the text says why."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What a sign-in or a refresh gives out; the repr shows no token."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        """Mask the tokens."""
        return "Pair()"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a race ended: *detail* is what was seen, *kept* is None if nothing was."""

    promise: str
    kept: bool | None
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Terms:
    """Whom to sign in, how many race, and how long a retry is answered there.

    *mailbox* is where the mails to *email* can be read as JSON, if anywhere.
    """

    email: str
    password: str
    at_once: int = 64
    window: timedelta = timedelta(seconds=10)
    mailbox: str | None = None

    def __repr__(self) -> str:
        """Mask the password."""
        return f"Terms({self.email!r}, at_once={self.at_once})"


class Races:
    """Each public coroutine tries one promise and returns what was seen.

    It raises `Broken` or `Inconclusive`.
    """

    def __init__(self, client: AsyncClient, terms: Terms, *, wait: Wait) -> None:
        """Race by *client*, whose base is that of the routes."""
        self._client = client
        self._terms = terms
        self._wait = wait

    async def one_successor(self) -> str:
        """Refresh at once with one token."""
        first = await self._sign_in()
        count = self._terms.at_once
        answers = await asyncio.gather(
            *(self._refresh(first.refresh) for _ in range(count))
        )
        statuses = Counter(answer.status_code for answer in answers)
        if statuses != {OK: count}:
            raise Broken(
                f"of {count} refreshes at once not all were served: {statuses}"
            )
        successors = {_pair(answer).refresh for answer in answers}
        if len(successors) != 1:
            raise Broken(f"{count} refreshes at once made {len(successors)} successors")
        await self._sign_out(await self._rotated(successors.pop()))
        return f"{count} at once, one successor, which goes on"

    async def lost_answer(self) -> str:
        """Show the token before the newest, soon."""
        first = await self._sign_in()
        told = await self._rotated(first.refresh)
        again = await self._refresh(first.refresh)
        if again.status_code != OK:
            raise Broken(f"the repetition was refused with {again.status_code}")
        if _pair(again).refresh != told.refresh:
            raise Broken("the repetition got another successor: the session forked")
        await self._sign_out(told)
        return "the repetition got the same successor"

    async def reuse(self) -> str:
        """Show a token that is two behind."""
        first, other = await self._sign_in(), await self._sign_in()
        second = await self._rotated(first.refresh)
        third = await self._rotated(second.refresh)
        await self._must_fail(first.refresh, "a token that is two behind was taken")
        await self._must_fail(third.refresh, "the session went on after a reuse")
        if await self._is_served(third.access):
            raise Broken("the session's access token was served after a reuse")
        await self._sign_out(await self._rotated(other.refresh))
        return "the session ended, the user's other one goes on"

    async def late_repetition(self) -> str:
        """Show the token before the newest when the retry window is over."""
        first = await self._sign_in()
        second = await self._rotated(first.refresh)
        await self._wait(self._terms.window.total_seconds() + 1)
        await self._must_fail(first.refresh, "a repetition was answered after its time")
        await self._must_fail(second.refresh, "the session went on after a reuse")
        return f"refused {self._terms.window.total_seconds():.0f} s later"

    async def final_end(self) -> str:
        """Sign out while others refresh."""
        first = await self._sign_in()
        count = self._terms.at_once // 2
        refreshes = (self._refresh(first.refresh) for _ in range(count))
        *answers, ended = await asyncio.gather(*refreshes, self._logout(first.refresh))
        if ended.status_code != OK:
            raise Broken(f"signing out was refused with {ended.status_code}")
        served = [_pair(one) for one in answers if one.status_code == OK]
        for pair in {one.refresh: one for one in (first, *served)}.values():
            await self._must_fail(pair.refresh, "a refresh token outlived its session")
            if await self._is_served(pair.access):
                raise Broken("an access token was served after its session's end")
        return f"ended among {count} refreshes; no token works"

    async def one_use_of_a_code(self) -> str:
        """Use one mailed code at once."""
        if self._terms.mailbox is None:
            raise Inconclusive("no mailbox was named")
        email = self._terms.email
        known = await self._codes()
        answer = _limited(await self._post("/forgot-password", {"email": email}))
        flow_id = _data(answer).get("flowId")
        code = await self._new_code(known)
        body = {"email": email, "otpCode": code, "flowId": flow_id}
        uses = (self._post("/verify-reset-otp", body) for _ in range(CODES_AT_ONCE))
        answers = await asyncio.gather(*uses)
        won = sum(answer.status_code == OK for answer in answers)
        if won != 1:
            raise Broken(f"one code was used {won} times")
        return f"{CODES_AT_ONCE} at once, one succeeded"

    async def _sign_in(self) -> Pair:
        body = {"email": self._terms.email, "password": self._terms.password}
        answer = _limited(await self._post("/signin", body))
        if answer.status_code != OK:
            raise Inconclusive(f"the sign-in was refused with {answer.status_code}")
        return _pair(answer)

    async def _rotated(self, token: str) -> Pair:
        answer = await self._refresh(token)
        if answer.status_code != OK:
            raise Broken(f"the newest token was refused with {answer.status_code}")
        return _pair(answer)

    async def _must_fail(self, token: str, otherwise: str) -> None:
        answer = await self._refresh(token)
        if answer.status_code != UNAUTHORIZED:
            raise Broken(f"{otherwise} ({answer.status_code})")

    async def _refresh(self, token: str) -> Response:
        body = {"refreshToken": token}
        return _limited(await self._post("/refresh-token", body))

    async def _logout(self, token: str) -> Response:
        return await self._post("/logout", {"refreshToken": token})

    async def _sign_out(self, pair: Pair) -> None:
        await self._logout(pair.refresh)

    async def _is_served(self, token: str) -> bool:
        headers = {"Authorization": f"Bearer {token}"}
        answer = _limited(await self._client.get("/sessions", headers=headers))
        return answer.status_code == OK

    async def _post(self, path: str, body: object) -> Response:
        return await self._client.post(path, json=body)

    async def _new_code(self, known: Sequence[str]) -> str:
        for _ in range(100):
            if found := [one for one in await self._codes() if one not in known]:
                return found[0]
            await self._wait(0.2)
        raise Inconclusive("no code arrived in the mailbox")

    async def _codes(self) -> list[str]:
        answer = await self._client.get(self._terms.mailbox or "")
        return [code for text in _texts(answer.json()) for code in CODE.findall(text)]


async def race(
    origin: str,
    terms: Terms,
    *,
    transport: AsyncBaseTransport | None = None,
    wait: Wait = asyncio.sleep,
) -> list[Outcome]:
    """Run every race against the service at *origin*, one after the other."""
    limits = Limits(max_connections=terms.at_once + 1)
    async with AsyncClient(
        base_url=f"{origin.rstrip('/')}{BASE}",
        headers=BEARER,
        limits=limits,
        timeout=60,
        transport=transport,
    ) as client:
        races = Races(client, terms, wait=wait)
        promises = {
            "Refreshes at once with one token get one successor.": races.one_successor,
            "Who lost the answer gets the same one again.": races.lost_answer,
            "A token shown long after its use ends its session.": races.reuse,
            "After the retry window nothing is repeated.": races.late_repetition,
            "A session that ends while it refreshes is over.": races.final_end,
            "A mailed code is used once.": races.one_use_of_a_code,
        }
        return [await _outcome(*one) for one in promises.items()]


async def _outcome(promise: str, run: Callable[[], Awaitable[str]]) -> Outcome:
    began = time.monotonic()
    kept: bool | None
    try:
        kept, detail = True, await run()
    except Broken as broken:
        kept, detail = False, str(broken)
    except Inconclusive as inconclusive:
        kept, detail = None, str(inconclusive)
    except HTTPError as error:
        kept, detail = None, f"no answer ({type(error).__name__})"
    return Outcome(promise, kept, detail, time.monotonic() - began)


def _limited(answer: Response) -> Response:
    if answer.status_code == TOO_MANY:
        raise Inconclusive("the service limits the requests; try again later")
    return answer


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    parts = value if isinstance(value, list) else []
    return [text for part in parts for text in _texts(part)]


def _data(answer: Response) -> dict[str, object]:
    body = answer.json()
    found: dict[str, object] = body.get("data") or body
    return found


def _pair(answer: Response) -> Pair:
    tokens = _data(answer).get("tokens")
    if not isinstance(tokens, dict):
        raise Inconclusive("the service gives out no bearer tokens")
    return Pair(str(tokens["accessToken"]), str(tokens["refreshToken"]))
