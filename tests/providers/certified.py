"""A person in front of the certified OpenID provider, by plain requests."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from httpx2 import AsyncClient, Limits, Response

from tests.servers import address, worker

CLIENT_ID = "certified-client"
CLIENT_SECRET = "certified-secret-of-thirty-two-bytes"
CALLBACK = "/api/auth/certified/callback"
STEPS = 12
UNKEPT = Limits(max_keepalive_connections=0)
"""Nobody has to close a browser that keeps no connection."""


def certified_url(beside: str = "") -> str:
    """Return this process's issuer at the certified provider, or one *beside* it."""
    return f"{address('oidc', 'TEST_OIDC_URL')}/{worker()}{beside}"


def certified() -> dict[str, object]:
    """Return how the service is registered with it."""
    return {
        "name": "certified",
        "prefix": "AUTH_OIDC_",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "issuer": certified_url(),
        "email_domains": "*",
    }


async def rotate_keys(issuer: str = "") -> None:
    """Let *issuer*, or this process's, sign with new keys from now on."""
    async with AsyncClient() as client:
        answer = await client.post(f"{issuer or certified_url()}/rotate")
        assert answer.status_code == 204


@dataclass(slots=True)
class Person:
    """Signs in at the provider by *name*, in a browser of their own."""

    name: str
    browser: AsyncClient = field(default_factory=lambda: AsyncClient(limits=UNKEPT))

    async def agree(self, location: str) -> dict[str, str]:
        """Go to *location*, sign in, consent; return what to come back with."""
        return await self._follow(await self.browser.get(location), "submit")

    async def decline(self, location: str) -> dict[str, str]:
        """Go to *location* and turn back."""
        return await self._follow(await self.browser.get(location), "abort")

    async def _follow(self, answer: Response, choice: str) -> dict[str, str]:
        for _ in range(STEPS):
            if answer.is_redirect:
                target = answer.headers["location"]
                if CALLBACK in target:
                    return dict(parse_qsl(urlsplit(target).query))
                answer = await self.browser.get(answer.request.url.join(target))
                continue
            assert answer.status_code == 200, answer.text
            page = answer.request.url
            if choice == "abort":
                answer = await self.browser.get(f"{page}/abort")
                continue
            found = re.search(r'name="prompt" value="(\w+)"', answer.text)
            assert found is not None, answer.text
            form = {"prompt": found[1], "login": self.name, "password": "any"}
            answer = await self.browser.post(page, data=form)
        raise AssertionError("the provider sends in circles")
