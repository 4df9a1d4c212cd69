"""The guard around any ASGI application, and the FastAPI dependencies."""

from collections.abc import AsyncIterator
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient, Response
from starlette.types import Message, Receive, Scope, Send

from keywright.shared.secrets import new_id
from keywright.verify import Principal, VerifyMiddleware
from tests.verify.issuer import Issuer

COOKIE = "__Host-accessToken"
HERE = "https://shop.example.com"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with who the guard says it is."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    principal = scope.get("principal")
    assert scope.get("state", {}).get("principal") is principal
    told = str(principal.user_id) if principal else "nobody"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": told.encode()})


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
async def client(issuer: Issuer) -> AsyncIterator[AsyncClient]:
    async with issuer.opened(allowed_origins=[HERE]) as verifier:
        guarded = VerifyMiddleware(echo, verifier, exempt=["/livez", "/public/"])
        transport = ASGITransport(guarded)
        async with AsyncClient(transport=transport, base_url=HERE) as client:
            yield client


def refused(answer: Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["cache-control"] == "no-store"
    assert ("www-authenticate" in answer.headers) is (status == 401)


async def test_the_application_is_told_who_it_is(
    client: AsyncClient, issuer: Issuer
) -> None:
    user_id = new_id()
    token = issuer.token(user_id=user_id)
    by_header = await client.get("/", headers={"authorization": f"Bearer {token}"})
    by_cookie = await client.get("/", headers={"cookie": f"{COOKIE}={token}"})

    assert by_header.text == by_cookie.text == str(user_id)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer x"},
        {"authorization": "Basic x"},
        {"cookie": f"{COOKIE}=x"},
        {"cookie": f"{COOKIE}="},
    ],
)
async def test_nobody_is_refused(client: AsyncClient, headers: dict[str, str]) -> None:
    refused(await client.get("/", headers=headers), 401, "not_signed_in")


async def test_the_plain_cookie_is_not_read_beside_the_prefixed_one(
    client: AsyncClient, issuer: Issuer
) -> None:
    headers = {"cookie": f"accessToken={issuer.token()}"}
    refused(await client.get("/", headers=headers), 401, "not_signed_in")


@pytest.mark.attack("A19")
async def test_a_cookie_beside_a_bearer_token_is_refused(
    client: AsyncClient, issuer: Issuer
) -> None:
    token = issuer.token()
    headers = {"cookie": f"{COOKIE}={token}", "authorization": f"Bearer {token}"}
    refused(await client.get("/", headers=headers), 400, "ambiguous_request")


@pytest.mark.parametrize("name", ["authorization", "cookie"])
async def test_a_token_that_is_sent_twice_is_refused(
    client: AsyncClient, issuer: Issuer, name: str
) -> None:
    token = issuer.token()
    value = f"Bearer {token}" if name == "authorization" else f"{COOKIE}={token}"
    answer = await client.get("/", headers=[(name, value), (name, value)])
    refused(answer, 400, "ambiguous_request")


FORGED = [{}, {"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}]
OWN = [{"origin": HERE}, {"sec-fetch-site": "same-origin"}]


@pytest.mark.parametrize("headers", FORGED)
async def test_a_change_by_cookie_from_anywhere_is_refused(
    client: AsyncClient, issuer: Issuer, headers: dict[str, str]
) -> None:
    cookie = {"cookie": f"{COOKIE}={issuer.token()}"}
    refused(
        await client.post("/", headers={**headers, **cookie}), 403, "cross_site_request"
    )


@pytest.mark.parametrize("headers", OWN)
async def test_a_change_by_cookie_from_own_pages_passes(
    client: AsyncClient, issuer: Issuer, headers: dict[str, str]
) -> None:
    cookie = {"cookie": f"{COOKIE}={issuer.token()}"}
    answer = await client.post("/", headers={**headers, **cookie})
    assert answer.status_code == 200


async def test_a_change_by_bearer_token_needs_no_origin(
    client: AsyncClient, issuer: Issuer
) -> None:
    headers = {"authorization": f"Bearer {issuer.token()}"}
    assert (await client.post("/", headers=headers)).status_code == 200


@pytest.mark.parametrize("path", ["/livez", "/public/", "/public/a/b"])
async def test_exempt_paths_pass_and_name_nobody(
    client: AsyncClient, issuer: Issuer, path: str
) -> None:
    headers = {"authorization": f"Bearer {issuer.token()}"}
    assert (await client.get(path)).text == "nobody"
    assert (await client.get(path, headers=headers)).text == "nobody"


@pytest.mark.parametrize(
    "path",
    [
        "/livez/",
        "/livezz",
        "/public",
        "/public/%2e%2e/secret",
        "/public/..%5Csecret",
        "/public/%2e/x",
        "/public//x",
        "/public/%2e%2e",
        "/PUBLIC/x",
    ],
)
async def test_what_only_looks_exempt_is_guarded(
    client: AsyncClient, path: str
) -> None:
    refused(await client.get(path), 401, "not_signed_in")


async def test_a_verifier_that_is_not_ready_asks_to_come_back(issuer: Issuer) -> None:
    issuer.is_down = True
    async with issuer.opened() as verifier:
        transport = ASGITransport(VerifyMiddleware(echo, verifier))
        async with AsyncClient(transport=transport, base_url=HERE) as client:
            headers = {"authorization": f"Bearer {issuer.token()}"}
            answer = await client.get("/", headers=headers)

    refused(answer, 503, "verifier_not_ready")
    assert answer.headers["retry-after"] == "2"


async def test_the_applications_lifespan_opens_the_verifier(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    guarded = VerifyMiddleware(echo, verifier)
    sent: list[Message] = []
    left = ["lifespan.startup", "lifespan.shutdown"]

    async def receive() -> Message:
        if len(left) == 1:
            await verifier.check(issuer.token())
        return {"type": left.pop(0)}

    async def send(message: Message) -> None:
        sent.append(message)

    await guarded({"type": "lifespan"}, receive, send)

    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert verifier._client.is_closed


async def test_a_web_socket_without_a_token_is_closed(issuer: Issuer) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async with issuer.opened() as verifier:
        scope = {"type": "websocket", "path": "/", "headers": []}
        await VerifyMiddleware(echo, verifier)(scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_a_web_socket_by_cookie_needs_a_known_origin(issuer: Issuer) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    cookie = (b"cookie", f"{COOKIE}={issuer.token()}".encode())
    foreign = (b"origin", b"https://evil.example")
    async with issuer.opened(allowed_origins=[HERE]) as verifier:
        scope = {"type": "websocket", "path": "/", "headers": [cookie, foreign]}
        await VerifyMiddleware(echo, verifier)(scope, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.fixture
async def shop(issuer: Issuer) -> AsyncIterator[AsyncClient]:
    verifier = issuer.verifier(access_cookie="accessToken")
    app = FastAPI(lifespan=verifier.lifespan)

    @app.get("/me")
    async def me(
        principal: Annotated[Principal, Depends(verifier.principal)],
    ) -> str:
        return str(principal.user_id)

    @app.get("/office", dependencies=[Depends(verifier.require_role("admin", "boss"))])
    async def office() -> str:
        return "welcome"

    async with app.router.lifespan_context(app):
        transport = ASGITransport(app)
        async with AsyncClient(transport=transport, base_url=HERE) as client:
            yield client


async def test_a_route_is_told_who_it_is(shop: AsyncClient, issuer: Issuer) -> None:
    user_id = new_id()
    headers = {"cookie": f"accessToken={issuer.token(user_id=user_id)}"}
    assert (await shop.get("/me", headers=headers)).json() == str(user_id)


async def test_a_route_refuses_nobody_by_an_http_exception(shop: AsyncClient) -> None:
    answer = await shop.get("/me")
    assert answer.status_code == 401
    assert answer.json()["detail"]["code"] == "not_signed_in"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("boss", 200), ("user", 403), ("", 401)]
)
async def test_a_route_may_need_a_role(
    shop: AsyncClient, issuer: Issuer, role: str, status: int
) -> None:
    headers = {"authorization": f"Bearer {issuer.token(role=role)}"}
    assert (await shop.get("/office", headers=headers)).status_code == status
