"""What a person does at the service and at a provider, as requests."""

from dataclasses import dataclass
from typing import Any

from httpx2 import Response

from keywright.features.identities.service import Identities
from keywright.features.identities.store import IdentityStore
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Client, Service
from tests.providers.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, some_subject

FRONT_END = "http://localhost:3000"
PAGE = {"accept": "text/html,*/*;q=0.8"}
JSON = {"accept": "application/json"}


def registration(
    name: str, issuer: str, *, prefix: str = "AUTH_OIDC_", **changes: object
) -> dict[str, object]:
    """Return the settings of a provider at *issuer*."""
    return {
        "name": name,
        "prefix": prefix,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "issuer": issuer,
        **changes,
    }


@dataclass(slots=True, repr=False)
class Journey:
    """A browser, on its way through one provider called *name*."""

    service: Service
    issuer: Issuer
    client: Client
    name: str = "test"

    def url(self, path: str = "") -> str:
        """Return the address of *path* below the provider's."""
        return self.service.root(f"/api/auth/{self.name}{path}")

    async def start(self, **params: str) -> Response:
        """Begin to sign in, as a page does."""
        return await self.client.get(self.url(), params=params, headers=PAGE)

    async def back(self, params: dict[str, str], **headers: str) -> Response:
        """Come back from the provider with *params*."""
        return await self.client.get(
            self.url("/callback"), params=params, headers=headers or PAGE
        )

    async def returned(self, **claims: object) -> dict[str, str]:
        """Begin, agree at the provider, and return what to come back with."""
        started = await self.start()
        assert started.status_code == 303, started.text
        return self.issuer.consent(started.headers["location"], **person(**claims))

    async def sign_in(self, **claims: object) -> Response:
        """Sign in as a page does; the answer is where the browser goes next."""
        return await self.back(await self.returned(**claims))

    async def sign_in_as_json(self, **claims: object) -> Response:
        """Sign in; the answer says how it went."""
        return await self.back(await self.returned(**claims), **JSON)

    async def link(self, **claims: object) -> Response:
        """Link the provider to whom the client is signed in as."""
        begun = await self.client.post(self.url("/link"), json={})
        assert begun.status_code == 200, begun.text
        params = self.issuer.consent(data_of(begun)["url"], **person(**claims))
        return await self.back(params, **JSON)


def person(**claims: object) -> dict[str, object]:
    """Return what a provider says of somebody whom no other test knows."""
    return {"sub": some_subject(), "name": "Ada Lovelace", **claims}


def owner(email: str, **claims: object) -> dict[str, Any]:
    """Return the claims of somebody who owns *email*."""
    return {**person(**claims), "email": email, "email_verified": True}


def error_in(response: Response) -> str | None:
    """Return the code with which a browser was sent back to the front end."""
    assert response.status_code == 303, response.text
    location = response.headers["location"]
    assert location.startswith(FRONT_END), location
    _, _, query = location.partition("?")
    return dict(pair.split("=") for pair in query.split("&") if pair).get("error")


def refusal_of(response: Response) -> tuple[int, str | None]:
    """Return the status and the code of an answer that is read by its client."""
    return response.status_code, response.json().get("code")


def identities_in(service: Service) -> IdentityStore:
    """Return where the service keeps identities."""
    return service.built.get(Identities).store
