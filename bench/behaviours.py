"""What one connection does over and over, each time from another client address."""

import itertools
import json
from collections.abc import Iterator

from bench.client import User, http
from bench.people import PASSWORD, Person

AUTH = "/api/v1/auth"
BEARER = "X-Token-Transport: bearer"


def addresses(start: int) -> Iterator[str]:
    """Yield forwarding headers with ever new client addresses."""
    for number in itertools.count(start << 16):
        a, b, c = (number >> 16) & 255, (number >> 8) & 255, number & 255
        yield f"X-Forwarded-For: 10.{a}.{b}.{c}"


class Getting(User):
    """Gets one path, with an access token or without."""

    def __init__(self, path: str, number: int, person: Person | None = None) -> None:
        """Get *path* as *person*."""
        self._path = path
        self._addresses = addresses(number)
        self._headers = (
            [f"Authorization: Bearer {person.credentials.access}"] if person else []
        )

    def request(self) -> bytes:
        """Return the request."""
        headers = [*self._headers, next(self._addresses)]
        return http("GET", self._path, headers=headers)


class Refreshing(User):
    """Follows one family: every answer's refresh token is the next request's."""

    def __init__(self, number: int, person: Person) -> None:
        """Begin with the first token of *person*."""
        self._addresses = addresses(number)
        self._token = person.credentials.refresh

    def request(self) -> bytes:
        """Return the request for the token last received."""
        body = json.dumps({"refreshToken": self._token}).encode()
        headers = [BEARER, next(self._addresses)]
        return http("POST", f"{AUTH}/refresh-token", headers=headers, body=body)

    def answered(self, head: bytes, body: bytes) -> None:
        """Keep the successor; a token that stays the same would be no rotation."""
        token = json.loads(body)["data"]["tokens"]["refreshToken"]
        if token == self._token:
            message = "the refresh token did not rotate"
            raise RuntimeError(message)
        self._token = token


class SigningIn(User):
    """Signs in by password again and again."""

    def __init__(self, number: int, person: Person) -> None:
        """Sign in as *person*."""
        self._addresses = addresses(number)
        self._body = json.dumps({"email": person.email, "password": PASSWORD}).encode()

    def request(self) -> bytes:
        """Return the request."""
        headers = [BEARER, next(self._addresses)]
        return http("POST", f"{AUTH}/signin", headers=headers, body=self._body)
