"""The route class: what every request of ours passes, also inside a foreign app.

Errors, limits on bodies, the guard against forged requests and the security headers
live here and not in middleware, so that a host application includes one router and
keeps its own handlers untouched.
"""

import inspect
import logging
import re
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import HTTPException as FastApiHttpException
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from keywright.shared.answer_headers import RAW_HEADERS
from keywright.shared.client_address import Network, client_address
from keywright.shared.context import RequestContext, current_request
from keywright.shared.dependencies import services_of
from keywright.shared.errors import (
    AuthError,
    BodyTooLarge,
    CrossSiteRequest,
    InternalError,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    ValidationFailed,
)
from keywright.shared.origins import SAFE_METHODS, may_pass
from keywright.shared.secrets import new_id
from keywright.shared.strict_requests import StrictRequest, require_single

log = logging.getLogger(__name__)
MAX_BODY = 64 * 1024
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
BY_STATUS: Mapping[int, type[AuthError]] = {
    HTTPStatus.BAD_REQUEST: MalformedBody,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.METHOD_NOT_ALLOWED: MethodNotAllowed,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: BodyTooLarge,
}
UNAUTHORIZED = HTTPStatus.UNAUTHORIZED
Admit = Callable[[str], Awaitable[None]]
Handle = Callable[[Request], Awaitable[Response]]


async def _admit_all(_: str) -> None: ...


@dataclass(frozen=True, slots=True)
class WebRules:
    """Where requests may come from, and who is behind which proxy.

    *admit* is asked with the client's address before anything else and may raise.
    """

    own_origin: str
    allowed_origins: Collection[str] = ()
    trusted_proxies: Sequence[Network] = ()
    admit: Admit = field(default=_admit_all)


class GuardedRoute(APIRoute):
    """A route that refuses in one form and adds the headers every answer needs."""

    max_body: ClassVar[int] = MAX_BODY
    is_guarded: ClassVar[bool] = True
    """Whether unsafe requests of other sites are refused; not where they do nothing."""

    def refuse(self, request: Request, error: AuthError) -> Response:
        """Return *error* on the wire; the responses slot says how."""
        raise NotImplementedError

    async def read_body(self, request: StrictRequest) -> None:
        """Read the body of an unsafe request, or raise the refusal that fits."""
        await request.read_strictly(self.max_body)

    def get_route_handler(self) -> Handle:  # type: ignore[override]
        """Return the handler with everything around it."""
        return self._guarded(super().get_route_handler())

    def direct(self) -> ASGIApp | None:
        """Return the route without FastAPI, if its endpoint asks for nothing else.

        Such an endpoint takes the request and returns the answer.
        """
        signature = inspect.signature(self.endpoint, eval_str=True)
        asked = [one.annotation for one in signature.parameters.values()]
        if asked != [Request] or signature.return_annotation is not Response:
            return None
        handle = self._guarded(self.endpoint)

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            response = await handle(Request(scope, receive))
            await response(scope, receive, send)

        return serve

    def _guarded(self, handle: Handle) -> Handle:
        async def guarded(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            try:
                await admit(strict, is_guarded=self.is_guarded)
                if strict.method not in SAFE_METHODS:
                    await self.read_body(strict)
                response = await handle(strict)
            except Exception as error:  # the last resort of this route
                if is_hosts(error):
                    raise
                refusal = as_refusal(error)
                log_forbidden(request, refusal)
                response = self.refuse(request, refusal)
            return finished(request, response)

        return guarded


async def admit(request: Request, *, is_guarded: bool = True) -> None:
    """Let *request* pass, from every site unless *is_guarded*, or raise a refusal."""
    rules = services_of(request).get(WebRules)
    client = client_of(request)
    current_request.set(RequestContext(request_id_of(request), client))
    await rules.admit(client)
    require_single(request)
    if request.method in SAFE_METHODS or not is_guarded:
        return
    if not may_pass(
        request.headers, own=rules.own_origin, allowed=rules.allowed_origins
    ):
        raise CrossSiteRequest


def written(view: BaseModel) -> Response:
    """Return *view* as an answer, of a route that documents its model itself."""
    content = view.model_dump_json(by_alias=True)
    return Response(content, media_type="application/json")


def client_of(request: Request) -> str:
    """Return the address of the client, behind trusted proxies only."""
    known = request.scope.get("auth.client")
    if known is None:
        rules = services_of(request).get(WebRules)
        peer = request.client.host if request.client else None
        forwarded = request.headers.getlist("x-forwarded-for")
        known = client_address(peer, forwarded, trusted=rules.trusted_proxies)
        request.scope["auth.client"] = known
    return str(known)


def request_id_of(request: Request) -> str:
    """Return the id of *request*: the client's, if it is harmless, or a new one."""
    known = request.scope.get("auth.request_id")
    if known is None:
        sent = request.headers.get("x-request-id", "")
        known = sent if REQUEST_ID.fullmatch(sent) else str(new_id())
        request.scope["auth.request_id"] = known
    return str(known)


def add_header(request: Request, name: str, value: str) -> None:
    """Let the answer to *request* carry a header, whatever the answer will be."""
    request.scope.setdefault("auth.headers", {})[name] = value


def on_answer(request: Request, act: Callable[[Response], None]) -> None:
    """Let *act* complete the answer to *request*, whatever the answer will be.

    It may be called more than once, also with headers that become part of the answer.
    """
    request.scope.setdefault("auth.acts", []).append(act)


def complete(request: Request, response: Response) -> None:
    """Let everything act that `on_answer` was told of; doing it again is harmless."""
    for act in request.scope.get("auth.acts", ()):
        act(response)


def finished(request: Request, response: Response) -> Response:
    """Return *response* with the security headers and the request's id."""
    present = {name for name, _ in response.raw_headers}
    lacking = [pair for pair in RAW_HEADERS.items() if pair[0] not in present]
    response.raw_headers.extend(lacking)
    for name, value in request.scope.get("auth.headers", {}).items():
        response.headers[name] = value
    complete(request, response)
    response.headers["X-Request-Id"] = request_id_of(request)
    response.headers.add_vary_header("Origin")
    return response


def is_hosts(error: Exception) -> bool:
    """Say whether *error* is a refusal that none of ours stands for.

    A dependency that a host adds to a router of ours may raise one.
    """
    return isinstance(error, HTTPException) and error.status_code not in BY_STATUS


def as_refusal(error: Exception) -> AuthError:
    """Return the refusal that stands for *error*; an unexpected one is logged."""
    if isinstance(error, AuthError):
        return error
    if isinstance(error, ClientDisconnect):
        return MalformedBody()
    if isinstance(error, RequestValidationError):
        return ValidationFailed(errors=_members(error.errors()))
    if isinstance(error, HTTPException) and error.status_code in BY_STATUS:
        return BY_STATUS[error.status_code]()
    log.error("unexpected error", exc_info=error)
    return InternalError()


def log_forbidden(request: Request, error: AuthError) -> None:
    """Log who was refused what for lack of permission (ASVS V16.3.2)."""
    if error.status != HTTPStatus.FORBIDDEN:
        return
    user_id = request.scope.get("auth.user_id")
    known = {} if user_id is None else {"user_id": str(user_id)}
    what = {
        "code": error.code,
        "address": _address_of(request),
        "method": request.method,
        "route": getattr(request.scope.get("route"), "path", ""),
    }
    log.warning("authorization refused", extra={**what, **known})


def _address_of(request: Request) -> str:
    # A host's application may refuse by role without our services.
    if hasattr(request.app.state, "auth"):
        return client_of(request)
    return request.client.host if request.client else ""


def for_route(request: Request, error: AuthError) -> Exception:
    """Return *error* as the route of *request* expects it.

    Ours answer it themselves; on a host's route it is an HTTPException, which the
    host's handlers know.
    """
    if isinstance(request.scope.get("route"), GuardedRoute):
        return error
    log_forbidden(request, error)
    headers = {"WWW-Authenticate": "Bearer"} if error.status == UNAUTHORIZED else None
    detail = {"code": error.code, "message": error.title}
    return FastApiHttpException(error.status, detail, headers)


def _members(errors: Sequence[Any]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for error in errors:
        place = [str(part) for part in error["loc"][1:]] or [str(error["loc"][0])]
        name = ".".join(place)[:100].encode("utf-8", "replace").decode()
        message = str(error["msg"]).removeprefix("Value error, ")
        members.setdefault(name, []).append(message)
    return members
