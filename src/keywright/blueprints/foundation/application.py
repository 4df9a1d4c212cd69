"""The application around the routes, and the lifespan that opens what they need."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.blueprints.foundation.types import Auth
from keywright.features.health.routes import livez, readyz
from keywright.shared.background import running
from keywright.shared.middleware import Hardened, RequestContext
from keywright.shared.refusals import Refuse, install
from keywright.shared.responses import refusal

OPENAPI = "/api/openapi.json"
DOCS = "/api/docs"
DOCS_POLICY = (
    "default-src 'none'; connect-src 'self'; img-src data: https://fastapi.tiangolo.com;"
    " script-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " style-src 'unsafe-inline' https://cdn.jsdelivr.net;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'"
)
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


async def documentation(_: Request) -> Response:
    """Show every operation; outside of production only, for it loads from a CDN."""
    page = get_swagger_ui_html(openapi_url=OPENAPI, title="Authentication")
    page.headers["Content-Security-Policy"] = DOCS_POLICY
    return page


def application(
    settings: AuthSettings, router: APIRouter, *, refuse: Refuse = refusal
) -> FastAPI:
    """Return the service: *router*, and what only an application's owner may add.

    Those are middleware, answers for unknown routes in the form of *refuse*, health at
    the root and, outside of production, the interactive documentation.
    """
    is_open = not settings.is_production
    app = FastAPI(
        title="Authentication",
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
        app.add_route(DOCS, documentation, methods=["GET"])
    install(app, refuse)
    if settings.cors_origins or settings.client_url:
        _allow_origins(app, settings)
    app.add_middleware(Hardened, refuse=refuse)
    app.add_middleware(RequestContext)
    return app


def _allow_origins(app: FastAPI, settings: AuthSettings) -> None:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.allowed_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "authorization",
            "content-type",
            "x-request-id",
            "x-token-transport",
        ],
        expose_headers=[
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
        ],
        max_age=600,
    )
