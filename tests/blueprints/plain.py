"""How the contracts without an envelope differ, for tests that they share."""

from collections.abc import Mapping
from dataclasses import dataclass

from httpx2 import Response

from keywright.features.users.types import User
from keywright.shared.secrets import random_bytes
from tests.blueprints.answers import cookies_set, hardened
from tests.blueprints.harness import Client, Service, some_email
from tests.blueprints.keepers import carry
from tests.blueprints.kinds import AUTH_SERVICE, STARTER

PLAIN = (AUTH_SERVICE, STARTER)
PASSWORD = "Plum-cabinet 7 sailing"
"""Of all kinds of characters, as one of the contracts wants."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Paths below the base, names of cookies, and statuses."""

    sign_up: str
    me: str
    refresh_cookie: str
    cookie_path: str
    signed_out: int
    role: str
    cookies: frozenset[str]
    names: Mapping[str, str]


CONTRACTS: Mapping[str, Contract] = {
    AUTH_SERVICE: Contract(
        sign_up="/register",
        me="/self",
        refresh_cookie="refresh_token",
        cookie_path="/",
        signed_out=200,
        role="customer",
        cookies=frozenset({"access_token", "refresh_token"}),
        names={"firstName": "Ada", "lastName": "Lovelace"},
    ),
    STARTER: Contract(
        sign_up="/signup",
        me="/me",
        refresh_cookie="rt",
        cookie_path="/v1/auth",
        signed_out=204,
        role="USER",
        cookies=frozenset({"rt"}),
        names={"fullName": "Ada Lovelace"},
    ),
}


def some_address() -> str:
    """Return a client's address that no other test uses."""
    return f"2001:db8:{random_bytes(2).hex()}:{random_bytes(2).hex()}::1"


def contract(service: Service) -> Contract:
    """Return the contract that *service* keeps."""
    return CONTRACTS[service.settings.blueprint]


def sign_up_body(service: Service, **changes: object) -> dict[str, object]:
    """Return a good body of a sign-up, with *changes*."""
    names = contract(service).names
    return {**names, "email": some_email(), "password": PASSWORD, **changes}


async def signed_up(service: Service, **changes: object) -> Client:
    """Return a client that has signed up, and is signed in by that."""
    client = service.client()
    body = sign_up_body(service, **changes)
    answer = await client.post(contract(service).sign_up, json=body)
    assert answer.status_code == 201, answer.text
    carry(client, answer)
    user = await service.stores.users.by_email(str(body["email"]).lower())
    assert user is not None
    client.user = user
    return client


async def signed_in(service: Service, user: User, password: str = PASSWORD) -> Client:
    """Return a client that has signed in as *user*."""
    client = service.client()
    body = {"email": user.email, "password": password}
    answer = await client.post(service.kind.sign_in, json=body)
    assert answer.status_code == 200, answer.text
    carry(client, answer)
    client.user = user
    return client


def holding(service: Service, refresh_token: str) -> Client:
    """Return a client that has nothing but a refresh token."""
    client, names = service.client(), contract(service)
    client.cookies.set(
        names.refresh_cookie,
        refresh_token,
        domain=client.base_url.host,
        path=names.cookie_path,
    )
    return client


def token_of(service: Service, client: Client) -> str:
    """Return the refresh token that *client* holds."""
    return str(client.cookies[contract(service).refresh_cookie])


async def refresh(client: Client) -> Response:
    """Refresh, and present the new access token from then on."""
    answer = await client.post("/refresh")
    if answer.status_code == 200:
        carry(client, answer)
    return answer


def refused(response: Response, status: int, *told: str) -> None:
    """Check a refusal: *told* is its code, or the members that were refused."""
    assert response.status_code == status, response.text
    assert (told_by(response), response.status_code) == (set(told), status)
    assert ("www-authenticate" in response.headers) is (status == 401)
    assert ("retry-after" in response.headers) is (status in {429, 503})
    hardened(response)


def told_by(response: Response) -> set[str]:
    """Return the code of a refusal, or the members that were refused."""
    body = response.json()
    if "message" in body:
        assert body.keys() <= {"message", "code", "errors"}
        assert body["message"]
        return set(body.get("errors") or {body.get("code", "not_found")})
    assert body.keys() == {"errors"}
    for problem in body["errors"]:
        assert problem.keys() == {"type", "msg", "path", "location"}
        assert problem["msg"]
        is_member = problem["type"] == "field"
        assert problem["location"] == ("body" if is_member else "")
        assert bool(problem["path"]) is is_member
    return {problem["path"] or problem["type"] for problem in body["errors"]}


def credentials_set(service: Service, response: Response) -> set[str]:
    """Return the names of the cookies set, without that of the device."""
    names = contract(service).cookies
    found = cookies_set(response).keys()
    assert found <= {*names, "device"}
    return {*found} & names
