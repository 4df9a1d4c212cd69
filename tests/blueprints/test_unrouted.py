"""What no route answers: only an application's owner can give that a form."""

import pytest

from tests.blueprints.answers import hardened, refused
from tests.blueprints.harness import Service

VARIANTS = ("sqlite",)


@pytest.mark.parametrize("path", ["/nope", "/api/v1/auth/nope", "/api/v1/auth/signup/"])
async def test_an_unknown_route_is_answered_in_the_form_of_all(
    service: Service, path: str
) -> None:
    client = service.client()
    answer = await client.get(service.root(path))
    refused(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_a_wrong_method_is_answered_in_the_form_of_all(
    service: Service, method: str
) -> None:
    answer = await service.client().request(method, "/signup")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT"])
@pytest.mark.asvs("V13.4.4")
async def test_trace_and_connect_are_refused(service: Service, method: str) -> None:
    answer = await service.client().request(method, "/profile")
    refused(answer, 405, "method_not_allowed")


async def test_too_many_headers_are_refused(service: Service) -> None:
    headers = {f"x-{number}": "1" for number in range(150)}
    answer = await service.client().get("/profile", headers=headers)
    refused(answer, 431, "headers_too_large")


async def test_too_many_cookies_are_refused(service: Service) -> None:
    cookie = "; ".join(f"c{number}=1" for number in range(150))
    answer = await service.client().get("/profile", headers={"cookie": cookie})
    refused(answer, 431, "headers_too_large")


async def test_answers_without_a_route_have_the_headers_too(
    service: Service,
) -> None:
    for path in ("/livez", "/readyz", "/api/openapi.json"):
        hardened(await service.client().get(service.root(path)))
