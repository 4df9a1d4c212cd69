"""The short way to routes whose path is fixed, past the routers.

Routers try one route after the other, and those that were included twice over: 300 of
the 790 Python calls of a token check, 570 of the 1480 that show a profile.
"""

from collections.abc import Mapping, Sequence

from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

Exact = tuple[Route, ASGIApp]


class ExactRoutes:
    """Hands a request straight to the route that names its path and method.

    Everything else goes to the routers, as does every request below a root path. The
    first route of a path wins, as ever. Routes that are added after the first request
    are found by the routers only.
    """

    def __init__(self, app: ASGIApp, *, owner: Starlette) -> None:
        """Stand before the routers of *owner*, within all of its middleware."""
        self.app = app
        self._owner = owner
        self._exact: Mapping[tuple[str, str], Exact] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if self._exact is None:
            self._exact = exact_routes(self._owner.routes)
        found = None
        if scope["type"] == "http" and not scope.get("root_path"):
            found = self._exact.get((scope["method"], scope["path"]))
        if found is None:
            await self.app(scope, receive, send)
            return
        route, serve = found
        scope["route"], scope["endpoint"] = route, route.endpoint
        scope["path_params"] = {}
        await serve(scope, receive, send)


def exact_routes(routes: Sequence[BaseRoute]) -> Mapping[tuple[str, str], Exact]:
    """Return those of *routes* whose path has no parameter, by method and path."""
    found: dict[tuple[str, str], Exact] = {}
    for context in iter_route_contexts(routes):
        route, path = context.original_route, context.path
        if not isinstance(route, Route) or path is None or "{" in path:
            continue
        serve = AsyncExitStackMiddleware(context.app)
        for method in sorted(context.methods or ()):
            found.setdefault((method, path), (route, serve))
    return found
