"""The application around the routes, and the lifespan that opens what they need."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth
from keywright.features.health.routes import livez, readyz
from keywright.shared.background import running
from keywright.shared.cors import allow_origins
from keywright.shared.documentation import add_documentation
from keywright.shared.exact_routes import ExactRoutes
from keywright.shared.middleware import Hardened, RequestContext
from keywright.shared.refusals import Refuse, install
from keywright.shared.responses import refusal

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


def router_of(open_auth: Callable[[], Awaitable[Auth]]) -> APIRouter:
    """Return a router without routes; its lifespan runs what *open_auth* opens."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        auth = await open_auth()
        app.state.auth = auth.services
        try:
            async with running(auth.jobs):
                yield
        finally:
            await auth.close()

    return APIRouter(lifespan=lifespan)


def without(router: APIRouter, *paths: str) -> APIRouter:
    """Return *router* without the routes for which a contract has others."""
    kept = APIRouter()
    for route in router.routes:
        if getattr(route, "path", None) not in paths:
            kept.routes.append(route)
    return kept


def application(
    settings: AuthSettings, router: APIRouter, *, refuse: Refuse = refusal
) -> FastAPI:
    """Return the service: *router*, and what only an application's owner may add.

    Those are middleware, answers for unknown routes in the form of *refuse*, health at
    the root and, outside of production, the interactive documentation.
    """
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
    app.add_middleware(ExactRoutes, owner=app)
    if settings.cors_origins or settings.client_url:
        allow_origins(app, settings.allowed_origins)
    app.add_middleware(Hardened, refuse=refuse)
    app.add_middleware(RequestContext)
    return app
