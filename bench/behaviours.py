"""What one connection does over and over, each time from another client address."""

import json

from bench.client import User, http
from bench.people import PASSWORD, Person

AUTH = "/api/v1/auth"
BEARER = "X-Token-Transport: bearer"


class Addresses:
    """Forwarding headers with ever new client addresses; goes between processes."""

    def __init__(self, start: int) -> None:
        """Begin with the network number *start*."""
        self._number = start << 16

    def next(self) -> str:
        """Return the next header line."""
        number = self._number
        self._number += 1
        a, b, c = (number >> 16) & 255, (number >> 8) & 255, number & 255
        return f"X-Forwarded-For: 10.{a}.{b}.{c}"


class Getting(User):
    """Gets one path, with an access token or without."""

    def __init__(self, path: str, number: int, person: Person | None = None) -> None:
        """Get *path* as *person*."""
        self._path = path
        self._addresses = Addresses(number)
        self._headers = (
            [f"Authorization: Bearer {person.credentials.access}"] if person else []
        )

    def request(self) -> bytes:
        """Return the request."""
        headers = [*self._headers, self._addresses.next()]
        return http("GET", self._path, headers=headers)


class Refreshing(User):
    """Follows one family: every answer's refresh token is the next request's."""

    def __init__(self, number: int, person: Person) -> None:
        """Begin with the first token of *person*."""
        self._addresses = Addresses(number)
        self._token = person.credentials.refresh

    def request(self) -> bytes:
        """Return the request for the token last received."""
        body = json.dumps({"refreshToken": self._token}).encode()
        headers = [BEARER, self._addresses.next()]
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
        self._addresses = Addresses(number)
        self._body = json.dumps({"email": person.email, "password": PASSWORD}).encode()

    def request(self) -> bytes:
        """Return the request."""
        headers = [BEARER, self._addresses.next()]
        return http("POST", f"{AUTH}/signin", headers=headers, body=self._body)
