"""What clients of the peers do; every one signs up by the peer's own route first."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx2

from bench.client import User, http
from bench.people import PASSWORD

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Repeating(User):
    """Sends the same request again and again."""

    def __init__(self, method: str, path: str, headers: Sequence[str]) -> None:
        """Ask for *path* with these header lines."""
        self._request = http(method, path, headers=headers)

    def request(self) -> bytes:
        """Return the request."""
        return self._request


class Submitting(User):
    """Signs in again and again."""

    def __init__(self, path: str, origin: str, member: "Member") -> None:
        """Sign in as *member*."""
        lines = (
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Origin: {origin}",
            f"Content-Type: {member.peer.kind}",
            f"Content-Length: {len(member.credentials)}",
            "\r\n",
        )
        self._request = "\r\n".join(lines).encode() + member.credentials

    def request(self) -> bytes:
        """Return the request."""
        return self._request


class Rotating(User):
    """Follows the refresh tokens of the Express application."""

    def __init__(self, token: str) -> None:
        """Begin with *token*."""
        self._token = token

    def request(self) -> bytes:
        """Return the request for the token last received."""
        body = json.dumps({"refresh": self._token}).encode()
        return http("POST", "/refresh", body=body)

    def answered(self, head: bytes, body: bytes) -> None:
        """Keep the successor."""
        self._token = json.loads(body)["refresh"]


@dataclass(frozen=True)
class Peer:
    """How a peer is spoken to: its routes, and what its sign-in answers."""

    sign_up: str
    sign_in: str
    me: str
    signed_in: Callable[[Mapping[str, object], Sequence[str]], list[str]]
    is_form: bool = False

    @property
    def kind(self) -> str:
        """Return the media type of a sign-in."""
        return FORM if self.is_form else JSON

    def join(self, port: int, number: int) -> "Member":
        """Sign up and in as one more user."""
        email = f"bench-{number}@peer.example"
        body = {"email": email, "password": PASSWORD, "name": "Bench User"}
        _post(port, self.sign_up, json.dumps(body).encode())
        sent = json.dumps({"email": email, "password": PASSWORD}).encode()
        if self.is_form:
            sent = urlencode({"username": email, "password": PASSWORD}).encode()
        answer, cookies = _post(port, self.sign_in, sent, self.kind)
        return Member(self, self.signed_in(answer, cookies), sent, answer, port)


@dataclass(frozen=True)
class Member:
    """A signed-in user of a peer."""

    peer: Peer
    headers: list[str]
    credentials: bytes
    answer: Mapping[str, object]
    port: int

    def looking(self) -> Repeating:
        """Return who asks for the own account."""
        return Repeating("GET", self.peer.me, self.headers)

    def signing_in(self) -> "Submitting":
        """Return who signs in over and over."""
        return Submitting(self.peer.sign_in, _origin(self.port), self)


def _origin(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _post(
    port: int, path: str, body: bytes, kind: str = JSON
) -> tuple[Mapping[str, object], list[str]]:
    headers = {"Content-Type": kind, "Origin": _origin(port)}
    answer = httpx2.post(_origin(port) + path, content=body, headers=headers)
    answer.raise_for_status()
    cookies = answer.headers.get_list("set-cookie")
    return answer.json(), [one.partition(";")[0] for one in cookies]


def _bearer(name: str) -> Callable[[Mapping[str, object], Sequence[str]], list[str]]:
    return lambda answer, _: [f"Authorization: Bearer {answer[name]}"]


EXPRESS = Peer("/register", "/login", "/me", _bearer("access"))
FASTAPI_USERS = Peer(
    "/register", "/login", "/me", _bearer("access_token"), is_form=True
)
BETTER_AUTH = Peer(
    "/api/auth/sign-up/email",
    "/api/auth/sign-in/email",
    "/api/auth/get-session",
    lambda _, cookies: [f"Cookie: {'; '.join(cookies)}"],
)
