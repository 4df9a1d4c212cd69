"""The race suite sees each promise that is broken, and no other."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from httpx2 import ConnectError, MockTransport, Request, Response

from keywright.service.race import BASE, Outcome, Terms, race

EMAIL, PASSWORD = "ada@example.com", "difference engine no. 2"
MAILBOX = "https://id.example.com/mails"


@dataclass(slots=True)
class Session:
    """The tokens of one session, newest last, and whether it is over."""

    tokens: list[str]
    rotated_at: float = 0.0
    is_over: bool = False


@dataclass(slots=True)
class Fake:
    """A service that keeps its promises, but for those in *broken*."""

    broken: frozenset[str] = frozenset()
    sessions: list[Session] = field(default_factory=list)
    now: float = 0.0
    made: int = 0
    codes: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        path = request.url.path.removeprefix(BASE)
        if request.method == "GET":
            return self._shown(path, request.headers.get("authorization", ""))
        body = json.loads(request.content)
        match path:
            case "/signin":
                self.sessions.append(Session([self._new()]))
                return self._pair(self.sessions[-1])
            case "/refresh-token":
                return self._refresh(body["refreshToken"])
            case "/logout":
                found = self._of(body["refreshToken"])
                if found is not None and "logout" not in self.broken:
                    found.is_over = True
                return Response(200)
            case "/forgot-password":
                self.codes.append(f"{100_000 + len(self.codes)}")
                return Response(202, json={"data": {"flowId": "f"}})
            case _:
                return self._use(body["otpCode"])

    def _shown(self, path: str, bearer: str) -> Response:
        if path == "/mails":
            mails = [{"text": f"Your code:\n{one}\n"} for one in self.codes]
            return Response(200, json=mails)
        found = self._of(bearer.removeprefix("Bearer a-"))
        alive = found is not None and not found.is_over
        return Response(200 if alive or "serve" in self.broken else 401)

    def _refresh(self, token: str) -> Response:
        found = self._of(token)
        if found is None or found.is_over:
            return Response(401)
        behind = len(found.tokens) - 1 - found.tokens.index(token)
        inside = self.now - found.rotated_at <= 10 or "window" in self.broken
        if behind == 1 and inside:
            if "fork" in self.broken:
                return self._pair(Session([self._new()]))
            if "retry" in self.broken:
                return Response(401)
            return self._pair(found)
        if behind > 0:
            found.is_over = "reuse" not in self.broken
            return Response(401)
        found.tokens.append(self._new())
        found.rotated_at = self.now
        return self._pair(found)

    def _use(self, code: str) -> Response:
        if code in self.used and "code" not in self.broken:
            return Response(400)
        self.used.add(code)
        return Response(200)

    def _of(self, token: str) -> Session | None:
        return next((one for one in self.sessions if token in one.tokens), None)

    def _pair(self, of: Session) -> Response:
        newest = of.tokens[-1]
        tokens = {"accessToken": f"a-{newest}", "refreshToken": newest}
        return Response(200, json={"data": {"tokens": tokens}})

    def _new(self) -> str:
        self.made += 1
        return f"t{self.made}"


async def raced(
    answer: Callable[[Request], Response],
    *,
    mailbox: str | None = MAILBOX,
    fake: Fake | None = None,
) -> list[Outcome]:
    """Return what the races come to where *answer* answers."""
    terms = Terms(
        EMAIL, PASSWORD, at_once=8, window=timedelta(seconds=10), mailbox=mailbox
    )
    return await race(
        "https://id.example.com/",
        terms,
        transport=MockTransport(answer),
        wait=fake.wait if fake else asyncio.sleep,
    )


async def kept_by(*broken: str) -> list[bool | None]:
    """Return which promises a service keeps that breaks these."""
    fake = Fake(frozenset(broken))
    return [one.kept for one in await raced(fake.answer, fake=fake)]


async def test_a_service_that_keeps_its_promises_passes() -> None:
    assert await kept_by() == [True] * 6


@pytest.mark.parametrize(
    ("broken", "seen"),
    [
        ("fork", [0, 1]),
        ("retry", [0, 1]),
        ("reuse", [2, 3]),
        ("window", [3]),
        ("logout", [4]),
        ("serve", [2, 4]),
        ("code", [5]),
    ],
)
async def test_a_broken_promise_is_seen(broken: str, seen: list[int]) -> None:
    kept = await kept_by(broken)

    assert [number for number in range(6) if kept[number] is False] == seen


async def test_without_a_mailbox_the_code_is_not_tried() -> None:
    fake = Fake()
    outcomes = await raced(fake.answer, fake=fake, mailbox=None)

    assert [one.kept for one in outcomes] == [True] * 5 + [None]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response(429), "limits"),
        (Response(401, json={}), "sign-in was refused with 401"),
        (Response(200, json={"data": {"user": {}}}), "no bearer tokens"),
    ],
)
async def test_what_cannot_be_tried_is_not_called_broken(
    answer: Response, told: str
) -> None:
    def always(_: Request) -> Response:
        return Response(answer.status_code, content=answer.content)

    outcomes = await raced(always, mailbox=None)

    assert {one.kept for one in outcomes} == {None}
    assert told in outcomes[0].detail


async def test_a_service_that_does_not_answer_is_not_called_broken() -> None:
    def refuse(request: Request) -> Response:
        raise ConnectError("refused")

    outcomes = await raced(refuse)

    assert {one.kept for one in outcomes} == {None}


async def test_no_code_in_the_mailbox_is_not_called_broken() -> None:
    fake = Fake()

    def answer(request: Request) -> Response:
        if request.url.path == "/mails":
            return Response(200, json=[])
        return fake.answer(request)

    outcomes = await raced(answer, fake=fake)

    assert outcomes[-1].kept is None


def test_neither_password_nor_tokens_are_shown() -> None:
    assert PASSWORD not in repr(Terms(EMAIL, PASSWORD))
