"""Credentials in odd forms and places (A18, A19, B7)."""

import pytest

from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service
from tests.security.operations import PROTECTED, Operation

UNUSABLE = (
    "",
    "Bearer",
    "Bearer ",
    "bearer",
    "Bearer  {token}",
    "Bearer\t{token}",
    "Bearer {token} {token}",
    "Bearer {token},{token}",
    "Bearer {token}, Bearer {token}",
    "Bearer,{token}",
    "Bearer={token}",
    "Bearer: {token}",
    "Basic {token}",
    "Basic dXNlcjpwYXNz",
    "Digest username=x",
    "Token {token}",
    "JWT {token}",
    "{token}",
    "Bearer \xe9{token}",
    "Bearer {token}\xa0",
    'Bearer "{token}"',
    "Bearer <{token}>",
    "Bearer null",
    "Bearer undefined",
)


async def both(service: Service) -> tuple[Client, str]:
    """Return a client that is nobody yet, and somebody's access token."""
    owner = await service.signed_in(transport="bearer")
    return service.client(), str(owner.tokens["accessToken"])


@pytest.mark.attack("A18")
async def test_a_header_in_any_other_form_is_no_credential(service: Service) -> None:
    client, token = await both(service)
    for form in UNUSABLE:
        header = form.format(token=token).encode("latin-1")
        for operation in PROTECTED:
            answer = await client.request(
                operation.method,
                operation.path,
                json=operation.body or None,
                headers=[(b"authorization", header)],
            )
            assert answer.status_code == 401, f"{operation} {form}"
            assert answer.json()["code"] == "not_signed_in"


@pytest.mark.attack("A18")
async def test_the_scheme_is_read_in_any_case(service: Service) -> None:
    client, token = await both(service)

    for scheme in ("Bearer", "bearer", "BEARER"):
        answer = await client.get(
            "/profile", headers={"authorization": f"{scheme} {token}"}
        )
        assert answer.status_code == 200


@pytest.mark.attack("A18")
@pytest.mark.parametrize("operation", PROTECTED, ids=str)
@pytest.mark.asvs("V15.3.7")
async def test_two_authorization_headers_are_refused(
    service: Service, operation: Operation
) -> None:
    client, token = await both(service)
    header = (b"authorization", f"Bearer {token}".encode())
    other = (b"authorization", b"Bearer x")
    for pair in ([header, other], [other, header], [header, header]):
        answer = await client.request(
            operation.method,
            operation.path,
            json=operation.body or None,
            headers=pair,
        )
        assert (answer.status_code, answer.json()["code"]) == (400, "ambiguous_request")


@pytest.mark.attack("A19")
@pytest.mark.asvs("V7.2.1")
async def test_a_cookie_and_a_bearer_token_at_once_are_refused(
    service: Service,
) -> None:
    owner = await service.signed_in()
    _, token = await both(service)
    cookie = owner.cookies["accessToken"]
    for value in (token, cookie):
        client = service.client(
            cookie=f"accessToken={cookie}", authorization=f"Bearer {value}"
        )
        for operation in PROTECTED:
            answer = await operation.send(client)
            assert answer.status_code == 400, f"{operation}"
            assert answer.json()["code"] == "ambiguous_request"


@pytest.mark.attack("A19")
@pytest.mark.asvs("V15.3.7")
async def test_a_cookie_sent_twice_is_refused(service: Service) -> None:
    owner = await service.signed_in()
    token = owner.cookies["accessToken"]
    for second in (f"accessToken={token}", "accessToken=x", "accessToken =x"):
        client = service.client(cookie=f"accessToken={token}; {second}")
        for operation in PROTECTED:
            answer = await operation.send(client)
            assert answer.status_code == 400, f"{operation}"


@pytest.mark.attack("B7")
@pytest.mark.asvs("V14.2.1")
async def test_a_token_in_the_query_is_no_credential(service: Service) -> None:
    client, token = await both(service)
    names = ("access_token", "accessToken", "token", "Authorization", "jwt")
    for operation in PROTECTED:
        answer = await client.request(
            operation.method,
            operation.path,
            json=operation.body or None,
            params=dict.fromkeys(names, token),
        )
        assert answer.status_code == 401, f"{operation}"


@pytest.mark.attack("B7")
async def test_a_refresh_token_is_no_access_token(service: Service) -> None:
    owner = await service.signed_in(transport="bearer")
    refresh = owner.tokens["refreshToken"]
    for client in (
        service.client(authorization=f"Bearer {refresh}"),
        service.client(cookie=f"accessToken={refresh}"),
        service.client(cookie=f"refreshToken={refresh}"),
    ):
        for operation in PROTECTED:
            assert (await operation.send(client)).status_code == 401, f"{operation}"


@pytest.mark.attack("B7")
async def test_a_refresh_token_in_two_places_or_the_wrong_one_is_refused(
    service: Service,
) -> None:
    owner = await service.signed_in(transport="bearer")
    refresh = owner.tokens["refreshToken"]
    body, cookie = {"refreshToken": refresh}, f"refreshToken={refresh}"
    answers = [
        await service.client().post("/refresh-token", json=body),
        await service.client(cookie=cookie).post("/refresh-token", json=body),
        await service.bearer_client(cookie=cookie).post("/refresh-token", json=body),
        await service.bearer_client(cookie=cookie).post("/refresh-token"),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert (await owner.post("/refresh-token", json=body)).status_code == 200


@pytest.mark.attack("B7")
async def test_a_refresh_token_in_the_query_or_a_header_is_not_seen(
    service: Service,
) -> None:
    owner = await service.signed_in(transport="bearer")
    refresh = owner.tokens["refreshToken"]
    header = f"Bearer {refresh}"
    answers = [
        await service.client().post(f"/refresh-token?refreshToken={refresh}"),
        await service.client(authorization=header).post("/refresh-token"),
        await service.bearer_client(authorization=header).post("/refresh-token"),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.json()["code"] for answer in answers} == {"refresh_invalid"}


@pytest.mark.attack("B7")
async def test_a_service_with_cookies_alone_takes_no_bearer_token(
    service: Service, service_with: ServiceWith
) -> None:
    owner = await service.signed_in(transport="bearer")
    access, refresh = owner.tokens["accessToken"], owner.tokens["refreshToken"]
    strict = await service_with(token_transport="cookie")
    client = strict.bearer_client(authorization=f"Bearer {access}")

    shown = await client.get("/profile")
    answer = await client.send_json("POST", "/refresh-token", refreshToken=refresh)

    assert (shown.status_code, answer.status_code) == (401, 400)
