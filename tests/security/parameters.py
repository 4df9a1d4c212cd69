"""Every place of a request that takes text, by way of a table."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from httpx2 import Response

from tests.blueprints.harness import (
    NEW_PASSWORD,
    Client,
    Service,
    sign_up_body,
)
from tests.security.operations import JUNK

Body = dict[str, object]
CODE: Body = {"email": "nobody@mail.example", "otpCode": "000000", "flowId": "A" * 22}
BODIES: tuple[tuple[str, str, Body], ...] = (
    ("POST", "/signup", sign_up_body("nobody@mail.example")),
    ("POST", "/verify-user", CODE),
    ("POST", "/resend-otp", {"flowId": "A" * 22}),
    ("POST", "/signin", {"email": "nobody@mail.example", "password": "x"}),
    ("POST", "/refresh-token", {"refreshToken": JUNK}),
    ("POST", "/logout", {"refreshToken": JUNK}),
    ("POST", "/forgot-password", {"email": "nobody@mail.example"}),
    ("POST", "/verify-reset-otp", CODE),
    ("POST", "/reset-password", {"resetToken": JUNK, "newPassword": NEW_PASSWORD}),
    ("PUT", "/account/reactivate", {"reactivationToken": JUNK}),
)
PRIVATE: tuple[tuple[str, str, Body], ...] = (
    ("PATCH", "/profile", {"name": "Ada Lovelace"}),
    (
        "POST",
        "/change-password",
        {"oldPassword": "wrong anyway", "newPassword": NEW_PASSWORD},
    ),
    ("POST", "/account/request-delete", {"password": "wrong anyway", "type": "soft"}),
    ("DELETE", "/account/delete", {"token": JUNK}),
)
COOKIES = ("accessToken", "refreshToken", "device", "flow")
HEADERS = ("user-agent", "x-request-id", "x-token-transport", "authorization")
Send = Callable[[object], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A place that takes a value, and how to put one there."""

    name: str
    send: Send


def members(service: Service, owner: Client) -> Iterator[Parameter]:
    """Yield every member of every body; *owner* is signed in by cookies."""
    strangers = service.bearer_client()
    for bodies, client in ((BODIES, strangers), (PRIVATE, owner)):
        for method, path, body in bodies:
            for member in body:
                yield _member(client, method, path, body, member)


def elsewhere(service: Service, owner: Client) -> Iterator[Parameter]:
    """Yield what takes text outside of bodies: paths, queries, headers, cookies."""
    for template in ("/sessions/{}", "/{}"):
        yield _path(owner, "DELETE", template)
    yield _path(owner, "DELETE", "/sessions?includeCurrent={}")
    for header in HEADERS:
        yield _header(service, header)
    for cookie in COOKIES:
        yield _cookie(service, cookie)


def _member(
    client: Client, method: str, path: str, body: Body, member: str
) -> Parameter:
    async def send(value: object) -> Response:
        return await client.request(method, path, json={**body, member: value})

    return Parameter(f"{path} {member}", send)


def _path(client: Client, method: str, template: str) -> Parameter:
    async def send(value: object) -> Response:
        path = template.format(quote(str(value), safe="", errors="surrogatepass"))
        return await client.request(method, path)

    return Parameter(template, send)


def _header(service: Service, header: str) -> Parameter:
    async def send(value: object) -> Response:
        headers = [(header.encode(), _line(value))]
        return await service.client().post("/refresh-token", headers=headers)

    return Parameter(header, send)


def _cookie(service: Service, cookie: str) -> Parameter:
    async def send(value: object) -> Response:
        headers = [(b"cookie", f"{cookie}=".encode() + _line(value))]
        path = "/profile" if cookie == "accessToken" else "/resend-otp"
        method = "GET" if cookie == "accessToken" else "POST"
        path = "/refresh-token" if cookie == "refreshToken" else path
        return await service.client().request(method, path, headers=headers)

    return Parameter(f"cookie {cookie}", send)


def _line(value: object) -> bytes:
    text = str(value).encode("utf-8", "surrogatepass")
    return bytes(byte for byte in text if byte not in b"\r\n\x00")
