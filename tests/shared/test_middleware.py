import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from keywright.shared.answer_headers import HEADERS
from keywright.shared.context import current_request
from keywright.shared.errors import AuthError, StoreUnavailable
from keywright.shared.middleware import Hardened, RequestContext

PREBUILT = PlainTextResponse("ok")


def as_json(request: Request, error: AuthError) -> Response:
    return JSONResponse({"code": error.code}, error.status)


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    match scope["path"]:
        case "/broken":
            message = "s3cret"
            raise RuntimeError(message)
        case "/store":
            raise StoreUnavailable
        case "/half":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            message = "too late"
            raise RuntimeError(message)
        case "/prebuilt":
            await PREBUILT(scope, receive, send)
        case "/own":
            headers = {"Cache-Control": "max-age=300", "Vary": "Accept"}
            await PlainTextResponse("ok", headers=headers)(scope, receive, send)
        case "/context":
            text = current_request.get().request_id
            await PlainTextResponse(text)(scope, receive, send)
        case _:
            await PlainTextResponse("none", 404)(scope, receive, send)


@asynccontextmanager
async def client_of(app: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://service"
    ) as client:
        yield client


async def ask(
    path: str = "/",
    *,
    method: str = "GET",
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> httpx2.Response:
    app = RequestContext(Hardened(answer, refuse=as_json))
    async with client_of(app) as client:
        return await client.request(method, path, headers=list(headers))


@pytest.mark.parametrize("path", ["/", "/prebuilt", "/own", "/broken", "/store"])
async def test_every_answer_has_every_header(path: str) -> None:
    answered = await ask(path)

    assert set(map(str.lower, HEADERS)) <= set(answered.headers)
    assert "x-request-id" in answered.headers
    assert "Origin" in answered.headers.get_list("vary", split_commas=True)


async def test_a_header_that_is_there_stays_and_stands_once() -> None:
    answered = await ask("/own")

    assert answered.headers.get_list("cache-control") == ["max-age=300"]
    assert answered.headers.get_list("vary", split_commas=True) == ["Accept", "Origin"]


async def test_an_answer_that_is_sent_again_gets_the_id_of_its_request() -> None:
    first, second = [await ask("/prebuilt") for _ in range(2)]

    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert len(second.headers.get_list("x-request-id")) == 1


async def test_the_id_of_the_client_is_kept() -> None:
    answered = await ask("/context", headers=[(b"X-Request-Id", b"abc-123")])

    assert answered.text == answered.headers["x-request-id"] == "abc-123"


@pytest.mark.attack
@pytest.mark.parametrize("sent", ["a b", "x" * 65, "a\u2028", "é", "<script>", ""])
async def test_an_id_that_could_do_harm_is_replaced(sent: str) -> None:
    answered = await ask("/context", headers=[(b"X-Request-Id", sent.encode())])

    assert len(answered.headers["x-request-id"]) == 24


@pytest.mark.attack
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT"])
async def test_trace_is_no_method(method: str) -> None:
    answered = await ask("/prebuilt", method=method)

    assert answered.status_code == 405
    assert "TRACE" not in answered.headers["allow"]
    assert answered.json() == {"code": "method_not_allowed"}


@pytest.mark.attack
@pytest.mark.parametrize(
    "headers",
    [
        [(b"x-%d" % number, b"1") for number in range(101)],
        [(b"x-long", b"x" * 65_536)],
        [(b"cookie", b"; ".join(b"c%d=1" % number for number in range(1000)))],
    ],
)
async def test_headers_beyond_reason_are_refused(
    headers: list[tuple[bytes, bytes]],
) -> None:
    answered = await ask("/prebuilt", headers=headers)

    assert answered.status_code == 431
    assert answered.json() == {"code": "headers_too_large"}


async def test_an_unexpected_error_is_told_without_detail(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answered = await ask("/broken")

    assert answered.status_code == 500
    assert json.loads(answered.text) == {"code": "internal_error"}
    assert any(record.exc_info for record in caplog.records)


async def test_a_refusal_that_nobody_answered_keeps_its_status() -> None:
    assert (await ask("/store")).status_code == 503


async def test_an_answer_that_broke_off_is_not_continued() -> None:
    with pytest.raises(RuntimeError, match="too late"):
        await ask("/half")


async def test_other_protocols_pass_untouched() -> None:
    seen: list[str] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> None: ...

    app = RequestContext(Hardened(note, refuse=as_json))
    await app({"type": "lifespan"}, nothing, nothing)  # type: ignore[arg-type] # unused
    assert seen == ["lifespan"]
