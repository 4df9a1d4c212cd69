"""What each blueprint offers to attack, and how an attacker is answered there."""

from collections.abc import Mapping
from dataclasses import dataclass

from httpx2 import Response

from tests.blueprints.harness import NEW_PASSWORD, PASSWORD, Client, Service
from tests.blueprints.keepers import signed_in
from tests.blueprints.kinds import AUTH_SERVICE, HYBRID, STARTER, STATEFUL, STATELESS
from tests.security.operations import JUNK, PICTURED, PROTECTED, PUBLIC, Operation

GRACE = "grace@mail.example"
MIXED = "Plum-cabinet 7 sailing"
"""A password of all kinds of characters, as one of the contracts wants."""


@dataclass(frozen=True, slots=True)
class Surface:
    """The operations of a blueprint: those of its users, and those of anybody."""

    protected: tuple[Operation, ...]
    public: tuple[Operation, ...]

    @property
    def unsafe(self) -> tuple[Operation, ...]:
        """Return what changes something."""
        every = (*self.protected, *self.public)
        return tuple(one for one in every if one.method != "GET")


def _among(operations: tuple[Operation, ...], *paths: str) -> tuple[Operation, ...]:
    found = tuple(one for one in operations if one.path in paths)
    assert len(found) == len(paths)
    return found


SIGN_IN = {"email": GRACE, "password": PASSWORD}
SURFACES: Mapping[str, Surface] = {
    HYBRID: Surface(PROTECTED, PUBLIC),
    STATEFUL: Surface(
        PROTECTED, tuple(one for one in PUBLIC if one.path != "/refresh-token")
    ),
    STATELESS: Surface(
        (
            *(one for one in PROTECTED if one.path == "/profile"),
            *_among(PROTECTED, "/verify", "/change-password"),
            *PICTURED,
            Operation("DELETE", "/delete-account", {"password": "x", "type": "soft"}),
        ),
        (
            *_among(PUBLIC, "/signup", "/signin", "/refresh-token", "/logout"),
            *_among(PUBLIC, "/forgot-password", "/reset-password"),
            Operation("POST", "/request-otp", {"email": GRACE, "otpType": "signin"}),
            Operation(
                "POST",
                "/verify-otp",
                {"email": GRACE, "otpCode": "000000", "otpType": "signin"},
            ),
            Operation("PUT", "/reactivate-account", {"reactivationToken": JUNK}),
        ),
    ),
    AUTH_SERVICE: Surface(
        (Operation("GET", "/self"),),
        (
            Operation(
                "POST",
                "/register",
                {"firstName": "Grace", "lastName": "Hopper", **SIGN_IN},
            ),
            Operation("POST", "/login", SIGN_IN),
            Operation("POST", "/refresh"),
            Operation("POST", "/logout"),
        ),
    ),
    STARTER: Surface(
        (Operation("GET", "/me"),),
        (
            Operation(
                "POST",
                "/signup",
                {"fullName": "Grace Hopper", **SIGN_IN, "password": MIXED},
            ),
            Operation("POST", "/login", SIGN_IN),
            Operation("POST", "/refresh"),
            Operation("POST", "/logout"),
        ),
    ),
}
EVERY = tuple(SURFACES)
WITH_CODES = (HYBRID, STATEFUL, STATELESS)
"""Those whose sign-up is proved by a mailed code."""
NEW = {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}


def surface(service: Service) -> Surface:
    """Return what *service* offers."""
    return SURFACES[service.settings.blueprint]


def told(answer: Response) -> str:
    """Return the code of a refusal, in whatever shape."""
    body = answer.json()
    code = body.get("code") or body["errors"][0]["type"]
    return "validation_failed" if code == "field" else str(code)


def refused_members(answer: Response) -> set[str]:
    """Return the members of the body that were refused."""
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    return {one["path"] for one in errors} if isinstance(errors, list) else {*errors}


async def access_token(service: Service) -> tuple[Client, str]:
    """Return somebody who is signed in, and the access token that they hold."""
    client = await signed_in(service)
    if "authorization" in client.headers:
        return client, client.headers["authorization"].removeprefix("Bearer ")
    return client, str(client.cookies[service.kind.cookies[0]])


def bearers(service: Service, token: str) -> tuple[Client, ...]:
    """Return clients that show *token* as an access token, in every place for it."""
    by_header = service.client(authorization=f"Bearer {token}")
    names = service.kind.cookies
    if len(names) == 1:
        return (by_header,)
    return (by_header, service.client(cookie=f"{names[0]}={token}"))
