"""A person with a browser of their own: no cookies but theirs."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

PATIENCE = 60_000
CALLBACK = "*/callback?*"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the service is, and the front end of the application around it."""

    service: str
    front_end: str


@dataclass(slots=True)
class Visitor:
    """Looks at *page*; *name* is what the provider calls this person."""

    site: Site
    context: BrowserContext
    page: Page
    name: str

    async def reach_provider(self, provider: str) -> None:
        """Follow the front end's link to *provider*."""
        await self.page.goto(self.site.front_end)
        await self.page.click(f"#{provider}")

    async def identify(self) -> None:
        """Say at the provider who it is; it asks for consent next."""
        await self.page.fill("input[name=login]", self.name)
        await self.page.fill("input[name=password]", "any")
        await self.page.click("button[type=submit]")
        consent = self.page.locator("input[name=prompt][value=consent]")
        await consent.wait_for(state="attached")

    async def consent(self) -> None:
        """Agree at the provider and come back to the front end."""
        await self.page.click("button[type=submit]")
        await self.arrive()

    async def decline(self) -> None:
        """Turn back at the provider."""
        await self.page.click("a[href$=abort]")
        await self.arrive()

    async def arrive(self, path: str = "/*") -> None:
        """Wait until the front end is there, at *path*."""
        await self.page.wait_for_url(f"{self.site.front_end}{path}")

    async def sign_in(self, provider: str = "certified") -> None:
        """Sign in, from the front end to the front end."""
        await self.reach_provider(provider)
        await self.identify()
        await self.consent()

    async def intercepted(self) -> str:
        """Agree, but return the address of the callback instead of going there."""
        network = await self.context.new_cdp_session(self.page)
        paused: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def pause(request: object) -> None:
            paused.set_result(request)

        network.once("Fetch.requestPaused", pause)
        await network.send("Fetch.enable", {"patterns": [{"urlPattern": CALLBACK}]})
        await self.page.click("button[type=submit]", no_wait_after=True)
        async with asyncio.timeout(PATIENCE / 1000):
            caught = await paused
        refusal = {"requestId": caught["requestId"], "errorReason": "Aborted"}
        await network.send("Fetch.failRequest", refusal)
        await network.detach()
        return str(caught["request"]["url"])

    async def call(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Any:  # noqa: ANN401 - what the service says
        """Return the answer to a call by the front end's script."""
        script = "([method, path, body]) => call(method, path, body)"
        return await self.page.evaluate(script, [method, path, body])

    async def user(self) -> Any:  # noqa: ANN401 - a user, or the code of a refusal
        """Return whom the front end shows, or the code that says why nobody."""
        shown = self.page.locator("#user")
        await expect(shown).not_to_be_empty(timeout=PATIENCE)
        return json.loads(await shown.inner_text())

    async def error(self) -> str:
        """Return the code of the error that the front end was told, if any."""
        return await self.page.locator("#error").inner_text()

    async def another_tab(self) -> "Visitor":
        """Return this person in another tab of the same browser."""
        page = await self.context.new_page()
        await page.goto(self.site.front_end)
        return Visitor(self.site, self.context, page, self.name)


async def visit(browser: Browser, site: Site, name: str) -> Visitor:
    """Return a person with an empty browser, looking at nothing yet."""
    context = await browser.new_context()
    context.set_default_timeout(PATIENCE)
    return Visitor(site, context, await context.new_page(), name)
