"""Signing in with a certified provider in a real browser: the proof of issue 4.

One module, so that rarely more than one test process needs a browser.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Request

from tests.browser.conftest import Arrival
from tests.browser.front_end import forged_form
from tests.browser.served import TOGETHER
from tests.browser.visitor import Visitor
from tests.providers.certified import certified_url, rotate_keys
from tests.providers.server import Server, listening

REFRESH = "/api/v1/auth/refresh-token"
TABS = 2


@pytest.fixture
async def somebody_else() -> AsyncIterator[Server]:
    server = Server()
    async with listening(server):
        yield server


def posts_the_callback(request: Request) -> bool:
    """Say whether *request* is a form that goes to a callback."""
    return request.method == "POST" and request.url.endswith("/callback")


async def names(visitor: Visitor, *, readable: bool = True) -> set[str | None]:
    """Return the names of the cookies; those that scripts may read unless told."""
    cookies = await visitor.context.cookies(visitor.site.service)
    return {one.get("name") for one in cookies if one.get("httpOnly") is not readable}


async def test_somebody_new_signs_up(visitor: Visitor) -> None:
    await visitor.sign_in()

    user = await visitor.user()
    assert (user["email"], user["isEmailVerified"]) == (visitor.name, True)
    assert user["providers"] == ["certified"]
    assert (await visitor.error(), visitor.page.url) == (
        "",
        f"{visitor.site.front_end}/welcome",
    )


async def test_the_same_person_signs_in_from_another_browser(
    visitor: Visitor, arrival: Arrival
) -> None:
    await visitor.sign_in()
    elsewhere = await arrival()
    elsewhere.name = visitor.name

    await elsewhere.sign_in()

    assert (await elsewhere.user())["id"] == (await visitor.user())["id"]


async def test_a_user_links_another_provider_and_unlinks_it(visitor: Visitor) -> None:
    await visitor.sign_in()
    began = await visitor.call(
        "POST", "/api/auth/rotating/link", {"returnTo": "/settings"}
    )
    await visitor.page.evaluate("url => { location.assign(url) }", began["data"]["url"])
    visitor.name = f"another-{visitor.name}"
    await visitor.identify()
    await visitor.consent()

    assert visitor.page.url == f"{visitor.site.front_end}/settings"
    assert (await visitor.user())["providers"] == ["certified", "rotating"]

    assert (await visitor.call("DELETE", "/api/auth/rotating/link"))["status"] == 200
    await visitor.page.reload()
    assert (await visitor.user())["providers"] == ["certified"]


async def test_the_last_way_in_stays(visitor: Visitor) -> None:
    await visitor.sign_in()
    answer = await visitor.call("DELETE", "/api/auth/certified/link")
    assert (answer["status"], answer["code"]) == (409, "last_factor")


async def test_who_declines_is_told_so_by_the_front_end(visitor: Visitor) -> None:
    await visitor.reach_provider("certified")
    await visitor.decline()

    assert await visitor.error() == "provider_denied"
    assert await visitor.user() == "not_signed_in"


async def test_an_error_of_the_provider_is_shown_by_the_front_end(
    visitor: Visitor,
) -> None:
    await visitor.reach_provider("refusing")
    await visitor.arrive()

    assert await visitor.error() == "provider_denied"
    assert await visitor.user() == "not_signed_in"


async def test_a_code_that_the_provider_refuses_is_shown_as_an_error(
    visitor: Visitor,
) -> None:
    await visitor.reach_provider("certified")
    await visitor.identify()
    callback = await visitor.intercepted()

    await visitor.page.goto(callback.replace("code=", "code=x"))

    assert await visitor.error() == "provider_answer_invalid"
    assert await visitor.user() == "not_signed_in"


async def test_keys_that_change_just_before_signing_are_found(
    visitor: Visitor, arrival: Arrival
) -> None:
    await visitor.sign_in("rotating")
    later = await arrival()
    await later.reach_provider("rotating")
    await later.identify()
    await rotate_keys(certified_url("-rotating"))

    await later.consent()

    assert await later.error() == ""
    assert (await later.user())["email"] == later.name


async def test_a_provider_that_posts_its_answer_signs_in(visitor: Visitor) -> None:
    async with visitor.page.expect_request(posts_the_callback) as posted:
        await visitor.sign_in("apple")

    assert "apple/callback" in (await posted.value).url
    assert (await visitor.error(), (await visitor.user())["email"]) == (
        "",
        visitor.name,
    )


@pytest.mark.attack
async def test_a_return_that_another_browser_began_signs_nobody_in(
    visitor: Visitor, arrival: Arrival
) -> None:
    attacker = await arrival()
    await attacker.reach_provider("certified")
    await attacker.identify()
    callback = await attacker.intercepted()

    await visitor.page.goto(callback)

    assert await visitor.error() == "oauth_state_invalid"
    assert await visitor.user() == "not_signed_in"


async def test_no_script_reads_the_cookies_of_a_session(visitor: Visitor) -> None:
    await visitor.sign_in()
    await visitor.user()
    await visitor.page.evaluate("document.cookie = 'theme=dark'")

    assert await visitor.page.evaluate("document.cookie") == "theme=dark"
    assert await names(visitor) == {"theme"}
    assert {"accessToken", "refreshToken"} <= await names(visitor, readable=False)


async def test_the_cookie_of_a_redirect_is_unreadable_and_gone_afterwards(
    visitor: Visitor,
) -> None:
    await visitor.reach_provider("certified")
    await visitor.page.locator("input[name=login]").wait_for()
    assert await names(visitor, readable=False) == {"oauth"}

    await visitor.identify()
    await visitor.consent()

    assert "oauth" not in await names(visitor, readable=False)


@pytest.mark.attack
@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1"], ids=["another site", "the same site"]
)
async def test_a_form_of_another_origin_is_refused(
    visitor: Visitor, somebody_else: Server, host: str
) -> None:
    await visitor.sign_in()
    before = await visitor.user()
    page = forged_form(f"{visitor.site.service}/api/v1/auth/logout")
    somebody_else.routes["/"] = lambda _: page

    await visitor.page.goto(f"http://{host}:{somebody_else.port}/")
    async with visitor.page.expect_navigation() as sent:
        await visitor.page.click("button")

    answer = await sent.value
    refusal = (answer.status, (await answer.json())["code"])
    assert refusal == (403, "cross_site_request")
    await visitor.page.goto(visitor.site.front_end)
    assert await visitor.user() == before


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(
    visitor: Visitor,
) -> None:
    await visitor.sign_in()
    tabs = [visitor, await visitor.another_tab()]
    at_once = f"{REFRESH}?{TOGETHER}={TABS}"

    answers = await asyncio.gather(*(tab.call("POST", at_once) for tab in tabs))

    assert [answer["status"] for answer in answers] == [200, 200]
    for tab in tabs:
        assert (await tab.call("POST", REFRESH))["status"] == 200
        assert (await tab.call("GET", "/api/v1/auth/profile"))["status"] == 200
