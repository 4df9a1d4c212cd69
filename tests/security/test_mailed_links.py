"""Links in mails: what opens them consumes nothing, and they lead home (D13, L2)."""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from keywright.shared.secrets import random_bytes
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import (
    NEW_PASSWORD,
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.mailbox import token_in
from tests.security.flows import (
    reset,
    reset_token,
    set_password,
    sign_up,
    signs_in,
)

CLIENT = "https://app.example"
ELSEWHERE = "https://evil.example/x"
REDIRECTS = (
    "redirectTo",
    "redirect_to",
    "returnTo",
    "callbackUrl",
    "next",
    "url",
    "clientUrl",
    "continue",
)
OPENING = ("GET", "HEAD", "OPTIONS")


@pytest.fixture
async def linked(service_with: ServiceWith) -> Service:
    return await service_with(client_url=CLIENT)


async def opened(service: Service, path: str, query: Mapping[str, str]) -> None:
    """Do what scanners and previews do with a link, as strangers and as browsers."""
    for method in OPENING:
        answer = await service.client(origin=None, checked=False).request(
            method, path, params=query
        )
        assert answer.status_code in {404, 405}, f"{method} {path}"
        assert "set-cookie" not in answer.headers


@pytest.mark.attack("D13")
@pytest.mark.asvs("V7.6.2")
@pytest.mark.asvs("V3.5.3")
async def test_whoever_opens_a_link_with_a_code_does_not_use_it(
    service: Service,
) -> None:
    for flow in (await sign_up(service), await reset(service)):
        query = {"email": flow.email, "otpCode": flow.code, "flowId": flow.flow_id}
        await opened(service, flow.path, query)

        assert await flow.attempts() == 0
        assert await flow.passes()


@pytest.mark.attack("D13")
async def test_whoever_opens_a_link_with_a_reset_token_sets_no_password(
    service: Service,
) -> None:
    user = await service.user()
    token = await reset_token(service, user)
    query = {"resetToken": token, "newPassword": NEW_PASSWORD}
    await opened(service, "/reset-password", query)

    assert await signs_in(service, user, PASSWORD)
    assert (await set_password(service, token)).status_code == 200


@pytest.mark.attack("D13")
async def test_whoever_opens_the_link_of_a_deletion_deletes_nothing(
    linked: Service,
) -> None:
    client = await linked.signed_in()
    body = {"password": PASSWORD, "type": "hard"}
    await client.post("/account/request-delete", json=body)
    mail = await linked.mail_to(client.user.email, "give up")
    token = token_in(mail)
    for method in OPENING:
        answer = await client.request(
            method, "/account/delete", params={"token": token}
        )
        assert answer.status_code == 405

    assert await linked.stores.users.by_id(client.user.id) is not None
    done = await client.request("DELETE", "/account/delete", json={"token": token})
    assert done.status_code == 200


@pytest.mark.attack("D13")
@pytest.mark.asvs("V14.2.1")
async def test_a_token_in_a_link_reaches_no_server_that_is_asked_for_it(
    linked: Service,
) -> None:
    client = await linked.signed_in()
    body = {"password": PASSWORD, "type": "soft"}
    await client.post("/account/request-delete", json=body)
    mail = await linked.mail_to(client.user.email, "give up")
    (link,) = set(re.findall(r"https?://\S+", mail.text))

    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}" == CLIENT
    assert parts.query == ""
    assert token_in(mail) in parts.fragment


@pytest.mark.attack("L2")
@pytest.mark.asvs("V3.7.2")
@pytest.mark.parametrize("member", REDIRECTS)
async def test_nobody_chooses_where_a_mailed_link_leads(
    linked: Service, member: str
) -> None:
    client = await linked.signed_in()
    bodies: list[tuple[str, dict[str, object]]] = [
        ("/signup", sign_up_body(some_email())),
        ("/forgot-password", {"email": client.user.email}),
        ("/resend-otp", {"flowId": "A" * 22}),
        ("/account/request-delete", {"password": PASSWORD, "type": "soft"}),
    ]
    for path, body in bodies:
        answer = await client.post(path, json={**body, member: ELSEWHERE})
        assert answer.status_code == 422, path

    deletion = {"password": PASSWORD, "type": "soft"}
    await client.post(
        "/account/request-delete", json=deletion, params={member: ELSEWHERE}
    )
    mail = await linked.mail_to(client.user.email, "give up")
    assert "evil.example" not in mail.text + mail.html
    assert f"{CLIENT}/account/delete#" in mail.text


@pytest.mark.attack("L2")
@pytest.mark.asvs("V3.7.2")
async def test_no_answer_leads_anywhere(service: Service) -> None:
    client = await service.signed_in(address=f"10.8.{random_bytes(1)[0]}.9")
    for member in REDIRECTS:
        for path in ("/profile", "/sessions", "/verify"):
            answer = await client.get(path, params={member: ELSEWHERE})
            assert answer.status_code < 300
            assert "location" not in answer.headers
            assert "evil.example" not in answer.text
