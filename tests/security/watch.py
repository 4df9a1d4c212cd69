"""Watches the services under attack: their answers, their logs and what they keep."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.blueprints.harness import Service
from tests.blueprints.kinds import KINDS
from tests.security.corpora import INJECTIONS, NAUGHTY

LONG = 16
"""Shorter values are words that also stand in logs for reasons of their own."""

SECRET_MEMBERS = re.compile(r"password|token$|otpCode", re.IGNORECASE)
COOKIES = frozenset(
    {*(name for kind in KINDS.values() for name in kind.cookies), "device", "oauth"}
)
SECRET_COOKIES = re.compile(f"(__Host-)?({'|'.join(COOKIES)})")
WELL_KNOWN = frozenset({*NAUGHTY, *INJECTIONS})
"""Strings that tests put everywhere are no secrets."""

ADDRESSES = "@mail.example"
_WORD = re.compile(r"[A-Za-z0-9_-]{16,}")
_CODE = re.compile(r"(?<![\w.:-])(?:\d{6}|\d{12})(?![\w.:-])")
_BREAKS = re.compile(r"[\r\n\x0b\x0c\x1b\x85\u2028\u2029]")


@dataclass(slots=True, repr=False)
class Watch:
    """What was seen in this test process."""

    cookies: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def learn(self, content: bytes) -> None:
        """Remember the secrets in a body that was accepted, or that was answered."""
        try:
            body = json.loads(content)
        except ValueError:
            return
        for name, value in _members(body):
            if not SECRET_MEMBERS.search(name) or value in WELL_KNOWN:
                continue
            if name == "otpCode":
                self.codes.add(value)
            elif len(value) >= LONG:
                self.secrets.add(value)

    def learn_cookies(self, header: str) -> None:
        """Remember the credentials in a Cookie or Set-Cookie header."""
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if SECRET_COOKIES.fullmatch(name) and len(value) >= LONG:
                self.secrets.add(value)

    def leaks_in(self, text: str) -> set[str]:
        """Return what of the secrets, codes and addresses stands in *text*."""
        words = set(_WORD.findall(text))
        found = {
            secret
            for secret in self.secrets
            if not words.isdisjoint(_WORD.findall(secret))
            or (not _WORD.search(secret) and secret in text)
        }
        found |= {secret for secret in self.secrets if " " in secret and secret in text}
        found |= set(_CODE.findall(text)) & self.codes
        return found | ({ADDRESSES} if ADDRESSES in text else set())

    def broken_lines(self) -> list[str]:
        """Return the log lines that are not one line of JSON each."""
        return [
            line for line in self.lines if _BREAKS.search(line) or not _is_json(line)
        ]


class Recorder:
    """Middleware that tells a `Watch` what comes in and goes out."""

    def __init__(self, app: ASGIApp, *, watch: Watch) -> None:
        """Wrap *app*."""
        self._app = app
        self._watch = watch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and record it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Exchange(scope)

        async def listen() -> Message:
            message = await receive()
            seen.asked += message.get("body", b"")
            return message

        async def answer(message: Message) -> None:
            seen.take(message)
            await send(message)

        await self._app(scope, listen, answer)
        seen.tell(self._watch)


@dataclass(slots=True)
class _Exchange:
    scope: Scope
    asked: bytes = b""
    answered: bytes = b""
    status: int = 0
    cookies: list[str] = field(default_factory=list)

    def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.cookies = [
                value.decode("latin-1")
                for name, value in message["headers"]
                if name == b"set-cookie"
            ]
        else:
            self.answered += message.get("body", b"")

    def tell(self, watch: Watch) -> None:
        watch.cookies += self.cookies
        # 502 is a provider that does not answer, 503 a store.
        if self.status >= 500 and self.status not in {502, 503}:
            watch.failures.append(f"{self.scope['method']} {self.scope['path']}")
        for cookie in self.cookies:
            watch.learn_cookies(cookie)
        if self.status < 300:
            watch.learn(self.asked)
            watch.learn(self.answered)


def cookie_problems(header: str, *, secure: bool, path: str = "/") -> list[str]:
    """Return what is wrong with a Set-Cookie header of ours."""
    jar = SimpleCookie(header)
    if len(jar) != 1:
        return ["cannot be parsed"]
    name, morsel = next(iter(jar.items()))
    checks = {
        "no HttpOnly": bool(morsel["httponly"]),
        "no SameSite=Lax": morsel["samesite"].lower() == "lax",
        "another path": morsel["path"] == path,
        "a domain": not morsel["domain"],
        "Secure is wrong": bool(morsel["secure"]) is secure,
        "the prefix is wrong": name.startswith("__Host-") is (secure and path == "/"),
        "no Max-Age": morsel["max-age"].isdecimal(),
        "longer than 400 days": int(morsel["max-age"] or 0) <= 400 * 86_400,
        "larger than 4096 bytes": len(header) <= 4096,
        "an unknown name": name.removeprefix("__Host-") in {*COOKIES, "flow"},
    }
    return [problem for problem, is_fine in checks.items() if not is_fine]


def described(service: Service) -> str:
    """Return everything that a debugger or a log might show of *service*."""
    built = service.built._built
    shown = [service.settings, service.app.state, service.stores, *built.values()]
    parts = [f"{one!r} {one}" for one in shown]
    parts += [repr(getattr(one, "__dict__", one)) for one in built.values()]
    return "\n".join(parts)


def is_secure(service: Service) -> bool:
    """Say whether *service* is for https only."""
    return urlsplit(service.settings.public_url).scheme == "https"


def _members(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for inner, one in value.items():
                yield from _members(one, str(inner))
        case list():
            for one in value:
                yield from _members(one, name)
        case str():
            yield name, value


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
