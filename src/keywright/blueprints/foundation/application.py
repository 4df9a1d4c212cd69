"""The application around the routes, and the lifespan that opens what they need."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Concatenate, Generic, ParamSpec, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth
from keywright.features.health.routes import livez, readyz
from keywright.shared.background import running
from keywright.shared.cors import allow_origins
from keywright.shared.documentation import add_documentation
from keywright.shared.exact_routes import take_short_way
from keywright.shared.middleware import Hardened, RequestContext
from keywright.shared.openapi_security import tell_of_sign_in
from keywright.shared.refusals import Refuse, install
from keywright.shared.responses import FORM, refusal
from keywright.shared.settings import SettingsInvalid

OPENAPI = "/api/openapi.json"
DOCS = "/api/docs"
TITLE = "Authentication"
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


S = TypeVar("S", bound=AuthSettings)
Parts = ParamSpec("Parts")


class Frame(Generic[S, Parts]):
    """Makes the routes of a composition a service, or part of an application.

    Without settings both read those of the environment. The *Parts* that *open_auth*
    takes beside them, such as a mailer, replace those that the settings name.
    """

    def __init__(
        self,
        load: Callable[[], S],
        open_auth: Callable[Concatenate[S, Parts], Awaitable[Auth]],
        add_routes: Callable[[APIRouter], None],
        *,
        refuse: Refuse = refusal,
        at_root: Sequence[APIRouter] = (),
        cookie: str | None = None,
        bearer: bool = True,
    ) -> None:
        """Take what opens the services, and what adds their routes to a router.

        Unknown routes are answered in the form of *refuse*. The routes *at_root* are
        for the service alone. Its documentation names the *cookie*, or a bearer token,
        that signs in.
        """
        self._load = load
        self._open_auth = open_auth
        self._add_routes = add_routes
        self._refuse = refuse
        self._at_root = at_root
        self._cookie = cookie
        self._bearer = bearer

    def create_router(
        self, settings: S | None = None, *args: Parts.args, **parts: Parts.kwargs
    ) -> APIRouter:
        """Return every route, with a lifespan that opens and closes what they need.

        Include it, never mount it: a mounted application's lifespan does not run.
        Errors, headers and limits come with the routes; the host's own handlers stay
        untouched. Raise `SettingsInvalid` for another form of answers than there is.
        """
        chosen = settings or self._load()
        if "responses" in chosen.model_fields_set and chosen.responses != FORM:
            expected = f"{FORM}, the form that answers have in this process"
            raise SettingsInvalid({"AUTH_RESPONSES": expected})

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            auth = await self._open_auth(chosen, *args, **parts)
            app.state.auth = auth.services
            try:
                async with running(auth.jobs):
                    yield
            finally:
                await auth.close()

        router = APIRouter(lifespan=lifespan)
        self._add_routes(router)
        return router

    def create_app(
        self, settings: S | None = None, *args: Parts.args, **parts: Parts.kwargs
    ) -> FastAPI:
        """Return the service: the routes, and what only an application's owner may add.

        Those are middleware, answers for unknown routes, health at the root and,
        outside of production, the interactive documentation.
        """
        chosen = settings or self._load()
        router = self.create_router(chosen, *args, **parts)
        app = application(chosen, router, refuse=self._refuse)
        for routes in self._at_root:
            app.include_router(routes)
        tell_of_sign_in(app, cookie=self._cookie, bearer=self._bearer)
        return app


def without(router: APIRouter, *paths: str) -> APIRouter:
    """Return *router* without the routes for which a contract has others."""
    kept = APIRouter()
    for route in router.routes:
        if getattr(route, "path", None) not in paths:
            kept.routes.append(route)
    return kept


def application(
    settings: AuthSettings, router: APIRouter, *, refuse: Refuse
) -> FastAPI:
    """Return *router* as an application that refuses unknown routes by *refuse*."""
    is_open = not settings.is_production
    app = FastAPI(
        title=TITLE,
        version="1",
        debug=settings.debug,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI if is_open else None,
        telemetry=NO_TELEMETRY,
        redirect_slashes=False,
    )
    app.add_route("/livez", livez, methods=["GET"])
    app.add_route("/readyz", readyz, methods=["GET"])
    app.include_router(router)
    if is_open:
        add_documentation(app, DOCS, openapi=OPENAPI, title=TITLE)
    install(app, refuse)
    take_short_way(app)
    if settings.cors_origins or settings.client_url:
        allow_origins(app, settings.allowed_origins)
    app.add_middleware(Hardened, refuse=refuse)
    app.add_middleware(RequestContext)
    return app
