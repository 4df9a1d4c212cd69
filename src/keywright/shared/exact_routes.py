"""The short way to routes whose path is fixed, past the routers.

Routers try one route after the other, and those that were included twice over: 300 of
the 790 Python calls of a token check, 570 of the 1480 that show a profile.
"""

from collections.abc import Mapping, Sequence

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Host, Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from keywright.shared.routing import GuardedRoute

Exact = tuple[Route, ASGIApp]


class ExactRoutes:
    """Hands a request straight to the route that names its path and method.

    Everything else goes to the routers, as does every request below a root path. The
    first route that takes a request wins, as ever. Routes that are added after the
    first request are found by the routers only.
    """

    def __init__(self, app: ASGIApp, *, owner: Starlette) -> None:
        """Stand before *app*, the routers of *owner*."""
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


def take_short_way(app: FastAPI) -> None:
    """Let requests for fixed paths pass by the routers of *app*, and nothing else."""
    app.router.middleware_stack = ExactRoutes(app.router.middleware_stack, owner=app)


def exact_routes(routes: Sequence[BaseRoute]) -> Mapping[tuple[str, str], Exact]:
    """Return those of *routes* whose path has no parameter, by method and path.

    Not those that another takes first: a mounted application, a host, a parameter.
    """
    found: dict[tuple[str, str], Exact] = {}
    earlier: list[RouteContext] = []
    for context in iter_route_contexts(routes):
        route, path = context.original_route, context.path
        if not isinstance(route, Route) or path is None or "{" in path:
            earlier.append(context)
            continue
        for method in sorted(context.methods or ()):
            if not any(_takes(one, method, path) for one in earlier):
                found.setdefault((method, path), (route, _app_of(context)))
    return found


def _takes(context: RouteContext, method: str, path: str) -> bool:
    route = context.original_route
    if isinstance(route, Host):
        return True
    scope = {"type": "http", "method": method, "path": path, "root_path": ""}
    return context.matches({**scope, "headers": []})[0] is Match.FULL


def _app_of(context: RouteContext) -> ASGIApp:
    route = context.original_route
    if isinstance(route, GuardedRoute) and not context.dependencies:
        direct = route.direct()
        if direct is not None:
            return direct
    served: ASGIApp = context.app
    return served
