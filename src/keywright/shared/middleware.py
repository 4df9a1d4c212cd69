"""What only the owner of an application may add: request ids, headers, a last resort.

Plain ASGI. Every request passes here, so answers that are complete are not copied.
"""

from collections.abc import Awaitable, Callable
from typing import ClassVar, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from keywright.shared.answer_headers import RAW_HEADERS
from keywright.shared.context import RequestContext as Context
from keywright.shared.context import current_request
from keywright.shared.errors import AuthError, HeadersTooLarge, MethodNotAllowed
from keywright.shared.routing import REQUEST_ID, as_refusal
from keywright.shared.secrets import random_bytes

MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
MAX_COOKIES = 100
LONG = 400  # fewer bytes hold neither too much nor too many cookies
ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_FORBIDDEN = frozenset({"TRACE", "TRACK", "CONNECT"})
_EXPECTED = frozenset({*RAW_HEADERS, b"x-request-id", b"vary"})
Refuse = Callable[[Request, AuthError], Response]


class RequestContext:
    """Gives every request an id: the client's, if it is harmless, or a new one.

    It stands in `scope["auth.request_id"]` and in `current_request`.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap *app*."""
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Serve one request under its id."""
        if scope["type"] == "http":
            request_id = _sent_id(scope) or random_bytes(12).hex()
            scope["auth.request_id"] = request_id
            current_request.set(Context(request_id))
        return self.app(scope, receive, send)


class Hardened:
    """Adds the headers that an answer lacks, and refuses what no route should see.

    An exception that nothing else has answered becomes a 500 without detail. *refuse*
    gives refusals their form. Stands inside of `RequestContext`.
    """

    refused_methods: ClassVar[frozenset[str]] = _FORBIDDEN

    def __init__(self, app: ASGIApp, *, refuse: Refuse) -> None:
        """Wrap *app*."""
        self.app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        def send_hardened(message: Message) -> Awaitable[None]:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                _harden(message, scope)
            return send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            try:
                await self.app(scope, receive, send_hardened)
            except Exception as error:
                if has_started:
                    raise
                refusal = as_refusal(error)
        if refusal is not None:
            response = self._refuse(Request(scope), refusal)
            if refusal.status == MethodNotAllowed.status:
                response.headers["Allow"] = ALLOWED_METHODS
            await response(scope, receive, send_hardened)

    def _refusal(self, scope: Scope) -> AuthError | None:
        if scope["method"] in self.refused_methods:
            return MethodNotAllowed()
        headers = scope["headers"]
        if len(headers) > MAX_HEADERS:
            return HeadersTooLarge()
        for name, value in headers:
            if len(value) > LONG and not _is_bearable(name, value):
                return HeadersTooLarge()
        return None


def _is_bearable(name: bytes, value: bytes) -> bool:
    if name == b"cookie" and value.count(b";") >= MAX_COOKIES:
        return False
    return len(value) <= MAX_HEADER_BYTES


def _sent_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            sent = str(value, "latin-1")
            return sent if REQUEST_ID.fullmatch(sent) else None
    return None


def _harden(message: Message, scope: Scope) -> None:
    headers = cast("list[tuple[bytes, bytes]]", message.get("headers", []))  # ASGI
    present = dict(headers)
    varies = present.get(b"vary", b"")
    is_varied = varies == b"Origin" or b"origin" in varies.lower()
    if is_varied and present.keys() >= _EXPECTED:
        return
    added = [pair for pair in RAW_HEADERS.items() if pair[0] not in present]
    if not is_varied:
        added.append((b"vary", b"Origin"))
    if b"x-request-id" not in present and "auth.request_id" in scope:
        added.append((b"x-request-id", scope["auth.request_id"].encode()))
    message["headers"] = [*headers, *added]
