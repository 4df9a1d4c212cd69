"""How tokens travel: in cookies, or in bodies and headers for clients that ask."""

import pytest

from tests.blueprints.answers import cookies_set, refused, shown
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email
from tests.blueprints.mailbox import code_in

VARIANTS = ("sqlite", "included")


async def test_a_bearer_client_gets_tokens_and_no_cookies(service: Service) -> None:
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.bearer_client().post("/signin", json=body)
    data = shown(answer)
    assert data.keys() == {"user", "tokens"}
    tokens = data["tokens"]
    assert tokens.keys() == {"accessToken", "refreshToken", "tokenType", "expiresIn"}
    assert tokens["tokenType"] == "Bearer"
    assert tokens["expiresIn"] == 900
    assert not cookies_set(answer)


async def test_a_bearer_client_gets_no_cookie_from_any_step(service: Service) -> None:
    client, email = service.bearer_client(), some_email()
    started = await client.post("/signup", json=sign_up_body(email))
    flow = shown(started, 202)["flowId"]
    code = code_in(await service.mail_to(email))
    body = {"email": email, "otpCode": code, "flowId": flow}
    verified = await client.post("/verify-user", json=body)
    asked = await client.post("/forgot-password", json={"email": email})
    for answer in (started, verified, asked):
        assert answer.is_success
        assert not cookies_set(answer)


async def test_a_bearer_client_is_told_to_forget_no_cookies(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    body = {"refreshToken": client.tokens["refreshToken"]}
    ended = await client.delete("/sessions", params={"includeCurrent": "true"})
    refreshed = await client.post("/refresh-token", json=body)
    signed_out = await client.post("/logout", json=body)
    statuses = [one.status_code for one in (ended, refreshed, signed_out)]
    assert statuses == [200, 401, 200]
    for answer in (ended, refreshed, signed_out):
        assert not cookies_set(answer)
        assert "clear-site-data" not in answer.headers


async def test_the_access_token_is_presented_in_the_header(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    shown(await client.get("/profile"))


async def test_a_header_alone_is_enough_for_a_client_without_the_transport(
    service: Service,
) -> None:
    client = await service.signed_in(transport="bearer")
    token = client.tokens["accessToken"]
    plain = service.client(authorization=f"Bearer {token}", origin=None)
    shown(await plain.get("/profile"))
    shown(await plain.patch("/profile", json={"name": "Grace Hopper"}))


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer a,b", "Token x", "x"],
)
async def test_a_header_of_another_form_is_refused(
    service: Service, header: str
) -> None:
    answer = await service.client(authorization=header).get("/profile")
    refused(answer, 401, "not_signed_in")


async def test_the_scheme_is_read_in_any_case(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    token = client.tokens["accessToken"]
    answer = await service.client(authorization=f"bearer {token}").get("/profile")
    shown(answer)


async def test_a_token_in_the_address_is_not_read(service: Service) -> None:
    client = await service.signed_in(transport="bearer")
    token = client.tokens["accessToken"]
    answer = await service.client().get("/profile", params={"access_token": token})
    refused(answer, 401, "not_signed_in")


async def test_a_bearer_client_does_not_refresh_by_cookie(service: Service) -> None:
    client = await service.signed_in()
    headers = {"x-token-transport": "bearer"}
    answer = await client.post("/refresh-token", headers=headers)
    refused(answer, 400, "ambiguous_request")


async def test_another_transport_than_bearer_means_cookies(service: Service) -> None:
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    client = service.client(x_token_transport="pigeon")
    answer = await client.post("/signin", json=body)
    assert shown(answer).keys() == {"user"}
    assert "accessToken" in cookies_set(answer)


async def test_a_cookie_only_service_sets_cookies_whatever_is_asked(
    service_with: ServiceWith,
) -> None:
    service = await service_with(token_transport="cookie")
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.bearer_client().post("/signin", json=body)
    assert shown(answer).keys() == {"user"}
    assert "accessToken" in cookies_set(answer)


async def test_a_cookie_only_service_takes_no_bearer_token(
    service_with: ServiceWith,
) -> None:
    service = await service_with(token_transport="cookie")
    client = await service.signed_in()
    token = client.cookies["accessToken"]
    shown(await client.get("/profile"))
    answer = await service.client(authorization=f"Bearer {token}").get("/profile")
    refused(answer, 401, "not_signed_in")


async def test_a_bearer_only_service_sets_and_takes_no_cookie(
    service_with: ServiceWith,
) -> None:
    service = await service_with(token_transport="bearer")
    user = await service.user()
    body = {"email": user.email, "password": PASSWORD}
    answer = await service.client().post("/signin", json=body)
    tokens = shown(answer)["tokens"]
    assert not cookies_set(answer)
    client = service.client()
    client.hold({"accessToken": tokens["accessToken"]})
    refused(await client.get("/profile"), 401, "not_signed_in")
    client = service.client()
    client.carry(tokens)
    shown(await client.get("/profile"))
    body = {"refreshToken": tokens["refreshToken"]}
    assert shown(await client.post("/refresh-token", json=body))["tokens"]
