"""What a refresh gives out, wherever it travels."""

from collections.abc import Callable
from datetime import timedelta

from httpx2 import Response

from tests.blueprints.forms import data_of
from tests.blueprints.harness import Client, Service

WINDOW = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
SpentBy = Callable[[str], object]


def refresh_of(answer: Response) -> str:
    """Return the refresh token that *answer* gives to a bearer client."""
    assert answer.status_code == 200, answer.text
    return str(data_of(answer)["tokens"]["refreshToken"])


def access_of(answer: Response) -> str:
    """Return the access token that *answer* gives to a bearer client."""
    assert answer.status_code == 200, answer.text
    return str(data_of(answer)["tokens"]["accessToken"])


async def refresh(service: Service, token: str, **options: str) -> Response:
    """Show the refresh token *token* from a client of its own."""
    client = service.bearer_client(**options)
    return await client.send_json("POST", "/refresh-token", refreshToken=token)


async def rotated(service: Service, token: str) -> str:
    """Return the successor of *token*."""
    return refresh_of(await refresh(service, token))


def bearing(service: Service, token: str) -> Client:
    """Return a client with the access token *token*."""
    return service.client(authorization=f"Bearer {token}")


async def is_open(service: Service, token: str) -> bool:
    """Say whether the access token *token* opens the profile."""
    return (await bearing(service, token).get("/profile")).status_code == 200


async def refusal_of(service: Service, token: str) -> str:
    """Return the code with which the refresh token *token* is refused."""
    answer = await refresh(service, token)
    assert answer.status_code == 401, answer.text
    assert answer.headers["www-authenticate"] == "Bearer"
    return str(answer.json()["code"])
