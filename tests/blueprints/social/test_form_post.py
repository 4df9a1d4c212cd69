"""A provider whose page posts its answer (OAuth 2.0 Form Post Response Mode)."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Response

from tests.blueprints.answers import refused, shown
from tests.blueprints.fixtures import ServiceWith, about, on
from tests.blueprints.harness import Service, some_email
from tests.blueprints.kind import DATABASES, HYBRID, STATEFUL, STATELESS
from tests.providers.fixtures import forget
from tests.providers.issuer import Issuer
from tests.providers.journeys import (
    FRONT_END,
    JSON,
    PAGE,
    Journey,
    error_in,
    owner,
    registration,
)

VARIANTS = ("sqlite",)
APPLE = "https://appleid.apple.com"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def posting(service_with: ServiceWith, issuer: Issuer) -> Service:
    known = {"prefix": "AUTH_OAUTH_", "email_domains": "*"}
    opened = await service_with(
        client_url=FRONT_END,
        oauth_clients=(
            registration("apple", issuer.base, **known),
            registration("test", issuer.base),
        ),
    )
    forget(opened)
    issuer.clock = lambda: opened.now().timestamp()
    return opened


@pytest.fixture
def journey(posting: Service, issuer: Issuer) -> Journey:
    return Journey(posting, issuer, posting.client(), "apple")


async def posted(journey: Journey, params: object, **headers: str) -> Response:
    """Post *params* as the provider's page does: without any cookie of ours."""
    sent = {
        "origin": APPLE,
        "sec-fetch-site": "cross-site",
        "content-type": FORM,
        **PAGE,
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    content = params if isinstance(params, bytes) else urlencode(params).encode()  # type: ignore[arg-type] # pairs, or a mapping
    without_cookies = journey.service.client(origin=None)
    url = journey.url("/callback")
    return await without_cookies.post(url, content=content, headers=sent)


async def test_it_is_asked_for_the_address_and_a_form(journey: Journey) -> None:
    started = await journey.start()
    asked = parse_qs(urlsplit(started.headers["location"]).query)
    assert asked["response_mode"] == ["form_post"]
    assert asked["scope"] == ["openid email"]


@about(HYBRID, STATEFUL, STATELESS)
@on(*DATABASES)
async def test_somebody_signs_in_whose_browser_goes_on_with_its_cookies(
    journey: Journey,
) -> None:
    params = await journey.returned(**owner(email := some_email()))
    extra = {"user": '{"name":{"firstName":"Not"}}', "id_token": "not read"}

    answer = await posted(journey, {**params, **extra})

    assert (answer.status_code, answer.content) == (303, b"")
    assert answer.headers["location"].startswith(f"{journey.url('/callback')}?")
    back = await journey.client.get(answer.headers["location"], headers=PAGE)
    assert error_in(back) is None
    user = shown(await journey.client.get("/profile"))["user"]
    assert (user["email"], user["name"]) == (email, "Ada Lovelace")


async def test_a_denial_is_posted_too(journey: Journey) -> None:
    params = await journey.returned()
    denial = {"state": params["state"], "error": "user_cancelled_authorize"}
    answer = await posted(journey, denial)
    back = await journey.client.get(answer.headers["location"], headers=PAGE)
    assert error_in(back) == "provider_denied"


@pytest.mark.attack
async def test_a_posted_answer_alone_does_nothing(journey: Journey) -> None:
    params = await journey.returned()

    answer = await posted(journey, params)

    assert "set-cookie" not in answer.headers
    elsewhere = journey.service.client()
    back = await elsewhere.get(answer.headers["location"], headers=JSON)
    refused(back, 400, "oauth_state_invalid")
    back = await journey.client.get(answer.headers["location"], headers=JSON)
    refused(back, 400, "oauth_state_invalid")


@pytest.mark.attack
async def test_the_browsers_cookie_stays_lax(journey: Journey) -> None:
    started = await journey.start()
    assert "samesite=lax" in started.headers["set-cookie"].lower()


async def test_the_address_to_go_on_to_is_ours_whatever_is_posted(
    journey: Journey,
) -> None:
    params = {"state": "x\r\nLocation: https://evil.example", "code": "&#\u00e9"}
    answer = await posted(journey, params)
    location = answer.headers["location"]
    assert location.startswith(f"{journey.url('/callback')}?state=x%0D%0A")
    assert parse_qs(urlsplit(location).query)["code"] == ["&#\u00e9"]


async def test_a_member_that_stands_twice_is_refused(journey: Journey) -> None:
    answer = await posted(journey, [("state", "a"), ("state", "b")])
    refused(answer, 400, "parameter_refused")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"state=%ff", 400, "malformed_body"),
        ("state=é".encode(), 400, "malformed_body"),
        (b"&".join([b"a=b"] * 17), 400, "malformed_body"),
        (b"code=" + b"x" * 5000, 422, "validation_failed"),
        (b"code=" + b"x" * 70_000, 413, "body_too_large"),
    ],
    ids=["no UTF-8", "not encoded", "many members", "long", "very long"],
)
async def test_a_form_that_no_provider_posts_is_refused(
    journey: Journey, content: bytes, status: int, code: str
) -> None:
    refused(await posted(journey, content), status, code)


@pytest.mark.parametrize("media", ["application/json", "multipart/form-data", ""])
async def test_nothing_but_a_form_is_taken(journey: Journey, media: str) -> None:
    answer = await posted(journey, b"{}", content_type=media)
    refused(answer, 415, "unsupported_media_type")


async def test_a_provider_that_does_not_post_has_no_such_callback(
    posting: Service, issuer: Issuer
) -> None:
    journey = Journey(posting, issuer, posting.client(), "test")
    refused(await posted(journey, {}), 405, "method_not_allowed")
    journey.name = "google"
    refused(await posted(journey, {}), 404, "provider_unknown")
