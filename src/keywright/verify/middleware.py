"""A guard before any ASGI application."""

from collections.abc import Collection

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from keywright.shared.errors import AuthError
from keywright.verify.refusals import as_response
from keywright.verify.verifier import Verifier

POLICY_VIOLATION = 1008
NO_WAY_UP = frozenset({"", ".", ".."})


class VerifyMiddleware:
    """Lets requests with a good token pass, and tells the application who it is.

    The principal stands in `scope["principal"]` and `request.state.principal`; on an
    exempt path it does not, even if a token is sent. Opens the verifier with the
    application's lifespan.
    """

    def __init__(
        self, app: ASGIApp, verifier: Verifier, *, exempt: Collection[str] = ()
    ) -> None:
        """Guard *app*; paths in *exempt* pass, with a final slash all those below."""
        self.app = app
        self.verifier = verifier
        self._paths = frozenset(exempt)
        self._folders = tuple(one for one in exempt if one.endswith("/"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, one web socket, or the lifespan."""
        if scope["type"] == "lifespan":
            async with self.verifier:
                await self.app(scope, receive, send)
            return
        if not self._is_exempt(scope["path"]):
            try:
                principal = await self.verifier.authenticate(HTTPConnection(scope))
            except AuthError as error:
                await _refuse(error, scope, receive, send)
                return
            scope["principal"] = principal
            scope.setdefault("state", {})["principal"] = principal
        await self.app(scope, receive, send)

    def _is_exempt(self, path: str) -> bool:
        if path in self._paths:
            return True
        # What looks like a way out of an exempt folder is not inside it.
        if NO_WAY_UP & set(path.replace("\\", "/").split("/")[1:-1]):
            return False
        return path.startswith(self._folders) and not path.endswith(("/.", "/.."))


async def _refuse(error: AuthError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    await as_response(error)(scope, receive, send)
