"""Sessions of any blueprint: what its clients keep them by, shown and shown again."""

from collections.abc import Awaitable, Callable

from httpx2 import Response

from keywright.features.sessions.types import Session
from keywright.features.users.types import User
from tests.blueprints.answers import cookies_set
from tests.blueprints.harness import PASSWORD, Client, Service

Use = Callable[[Service, str], Awaitable[Response]]


async def signed_in(service: Service, user: User | None = None) -> Client:
    """Return a client that has signed in as *user*, who is made if not given."""
    client = service.client()
    client.user = user or await service.user()
    body = {"email": client.user.email, "password": PASSWORD}
    answer = await client.post(service.kind.sign_in, json=body)
    assert answer.status_code == 200, answer.text
    carry(client, answer)
    return client


def carry(client: Client, answer: Response) -> None:
    """Present the access token of *answer*, if its body brings one."""
    if token := answer.json().get("accessToken"):
        client.headers["authorization"] = f"Bearer {token}"


def keeper_of(service: Service, client: Client) -> str:
    """Return what *client* keeps its session by: a refresh token, or the `sid`."""
    return str(client.cookies[service.kind.cookies[-1]])


def holding(service: Service, keeper: str) -> Client:
    """Return a client that has nothing but *keeper*."""
    client, kind = service.client(), service.kind
    client.cookies.set(
        kind.cookies[-1], keeper, domain=client.base_url.host, path=kind.cookie_path
    )
    return client


async def use(service: Service, keeper: str) -> Response:
    """Show *keeper* for what it is good for: to refresh, else to be served."""
    return await used_by(service, holding(service, keeper))


async def used_by(service: Service, client: Client) -> Response:
    """Let *client* refresh, or be served where nothing is to be refreshed."""
    if service.kind.refresh is None:
        return await client.get(service.kind.me)
    answer = await client.post(service.kind.refresh)
    if answer.is_success:
        carry(client, answer)
    return answer


def successor_in(service: Service, answer: Response) -> str:
    """Return what *answer* brings to keep the session by: where it rotates, a token."""
    assert answer.status_code == 200, answer.text
    if service.kind.refresh is None:
        return str(answer.request.headers["cookie"].partition("=")[2])
    return str(cookies_set(answer)[service.kind.cookies[-1]].value)


async def is_served(service: Service, client: Client) -> bool:
    """Say whether *client* is shown who it is; fail unless it is refused else."""
    answer = await client.get(service.kind.me)
    if answer.status_code == 200:
        return True
    refused(answer, "session_ended")
    return False


def refused(answer: Response, code: str) -> None:
    """Fail unless *answer* is a 401 with *code*, in whatever shape."""
    body = answer.json()
    told = body.get("code") or body["errors"][0]["type"]
    assert (answer.status_code, told) == (401, code)
    assert "www-authenticate" in answer.headers


async def open_sessions(service: Service, user: User) -> list[Session]:
    """Return the sessions of *user* that are open, as the store has it."""
    sessions = service.stores.sessions
    found = await sessions.of_user(user.id, epoch=user.epoch, now=service.now())
    return list(found)
