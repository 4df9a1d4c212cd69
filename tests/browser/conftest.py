import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from tests.blueprints.harness import SECRET, some_email
from tests.blueprints.servers import served
from tests.blueprints.storages import make_tables
from tests.browser.front_end import front_end
from tests.browser.visitor import Site, Visitor, visit
from tests.providers.certified import CLIENT_ID, CLIENT_SECRET, certified_url
from tests.providers.server import Server, listening
from tests.servers import address
from tools.devservers.browsers import FLAGS
from tools.devservers.lookup import libraries

Arrival = Callable[[], Awaitable[Visitor]]
REGISTERED = {
    "CERTIFIED": (CLIENT_ID, "-browser"),
    "ROTATING": (CLIENT_ID, "-rotating"),
    "REFUSING": ("refused-client", "-browser"),
}
POSTS_BACK = "APPLE"
"""Its preset asks for the answer by a form."""


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Return the browser of this process, which knows nobody."""
    path = Path(address("chromium", "TEST_CHROMIUM"))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=FLAGS,
            env={**os.environ, **libraries(path)},
            chromium_sandbox=False,
        )
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder, pages = tmp_path_factory.mktemp("browser"), Server()
    async with listening(pages):
        environment = {
            "AUTH_ENV": "test",
            "AUTH_SECRET": SECRET,
            "AUTH_DATABASE_URL": f"sqlite:///{folder / 'auth.db'}",
            "AUTH_FILES_URL": f"file:{folder / 'avatars'}",
            "AUTH_RATE_LIMITS": "off",
            "AUTH_CLIENT_URL": f"http://127.0.0.1:{pages.port}",
            **registered(),
        }
        await make_tables(environment["AUTH_DATABASE_URL"])
        app = "tests.browser.served:app"
        async with served(environment, workers=1, app=app) as origin:
            page = front_end(origin)
            for path in ("/", "/welcome", "/settings"):
                pages.routes[path] = lambda _: page
            yield Site(origin, environment["AUTH_CLIENT_URL"])


@pytest.fixture
async def arrival(chromium: Browser, site: Site) -> AsyncIterator[Arrival]:
    """Return a function that lets somebody come whom nobody knows."""
    async with AsyncExitStack() as stack:

        async def arrive() -> Visitor:
            visitor = await visit(chromium, site, some_email())
            stack.push_async_callback(visitor.context.close)
            return visitor

        yield arrive


@pytest.fixture
async def visitor(arrival: Arrival) -> Visitor:
    return await arrival()


def registered() -> dict[str, str]:
    """Return the variables of the providers."""
    groups = {f"AUTH_OIDC_{name}": given for name, given in REGISTERED.items()}
    groups[f"AUTH_OAUTH_{POSTS_BACK}"] = (CLIENT_ID, "-browser")
    return {
        f"{group}_{member}": value
        for group, (client, issuer) in groups.items()
        for member, value in {
            "ISSUER": certified_url(issuer),
            "CLIENT_ID": client,
            "CLIENT_SECRET": CLIENT_SECRET,
            "EMAIL_DOMAINS": "*",
        }.items()
    }
