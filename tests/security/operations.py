"""What needs a signed-in user, and what does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from httpx2 import Response

from tests.blueprints.galleries import OPERATIONS as PICTURES
from tests.blueprints.harness import BASE, NEW_PASSWORD, PASSWORD, Client, Service

NOBODYS = "01890a5d-ac96-774b-bcce-b302099a8057"
JUNK = "A" * 64


@dataclass(frozen=True, slots=True)
class Operation:
    """A request that is in order but for who sends it."""

    method: str
    path: str
    body: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    async def send(self, client: Client, **headers: str) -> Response:
        """Let *client* do it."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        json = self.body or None
        return await client.request(self.method, self.path, json=json, headers=named)


PICTURED = tuple(
    Operation(method.upper(), path.removeprefix(BASE))
    for method, path in PICTURES
    if method != "get"
)
"""What needs a signed-in user where users have pictures."""
PROTECTED = (
    Operation("GET", "/verify"),
    Operation("GET", "/profile"),
    Operation("PATCH", "/profile", {"name": "Grace Hopper"}),
    *PICTURED,
    Operation("GET", "/sessions"),
    Operation("DELETE", f"/sessions/{NOBODYS}"),
    Operation("DELETE", "/sessions"),
    Operation(
        "POST",
        "/change-password",
        {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD},
    ),
    Operation(
        "POST", "/account/request-delete", {"password": PASSWORD, "type": "soft"}
    ),
    Operation("DELETE", "/account/delete", {"token": JUNK}),
)

PUBLIC = (
    Operation(
        "POST",
        "/signup",
        {
            "name": "Grace Hopper",
            "email": "grace@mail.example",
            "password": PASSWORD,
            "confirmPassword": PASSWORD,
        },
    ),
    Operation(
        "POST", "/verify-user", {"email": "grace@mail.example", "otpCode": "000000"}
    ),
    Operation("POST", "/resend-otp", {"flowId": "A" * 22}),
    Operation("POST", "/signin", {"email": "grace@mail.example", "password": PASSWORD}),
    Operation("POST", "/refresh-token"),
    Operation("POST", "/logout"),
    Operation("POST", "/forgot-password", {"email": "grace@mail.example"}),
    Operation(
        "POST",
        "/verify-reset-otp",
        {"email": "grace@mail.example", "otpCode": "000000"},
    ),
    Operation(
        "POST", "/reset-password", {"resetToken": JUNK, "newPassword": NEW_PASSWORD}
    ),
    Operation("PUT", "/account/reactivate", {"reactivationToken": JUNK}),
)

UNSAFE = tuple(one for one in (*PROTECTED, *PUBLIC) if one.method != "GET")


def holders(service: Service, token: str) -> Iterator[Client]:
    """Yield clients that hold *token* as an access token: as bearer, as cookie."""
    yield service.client(authorization=f"Bearer {token}")
    yield service.client(cookie=f"accessToken={token}")


async def refused(service: Service, token: str) -> None:
    """Fail unless *token* opens nothing, and is answered everywhere the same."""
    for client in holders(service, token):
        for operation in PROTECTED:
            answer = await operation.send(client)
            assert answer.status_code == 401, f"{operation}: {token[:200]}"
            assert answer.json()["code"] == "not_signed_in", f"{operation}"
            assert answer.headers["www-authenticate"] == "Bearer"


async def ended(client: Client) -> None:
    """Fail unless the session of *client* is over for every operation."""
    for operation in PROTECTED:
        answer = await operation.send(client)
        assert answer.status_code == 401, f"{operation}: {answer.text}"
        assert answer.json()["code"] == "session_ended", f"{operation}"
