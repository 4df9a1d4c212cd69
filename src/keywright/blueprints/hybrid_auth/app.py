"""hybrid-auth: short-lived access tokens over sessions that end at once.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from keywright.blueprints.hybrid_auth.composition import Hybrid, open_hybrid
from keywright.blueprints.hybrid_auth.routes import router as code_routes
from keywright.blueprints.hybrid_auth.routes import verify
from keywright.blueprints.hybrid_auth.settings import Settings, load_settings
from keywright.features.account_deletion.routes import router as deletion_routes
from keywright.features.health.routes import livez, readyz
from keywright.features.health.routes import router as health_routes
from keywright.features.keys.routes import router as key_routes
from keywright.features.password_reset.routes import router as reset_routes
from keywright.features.passwords.routes import router as password_routes
from keywright.features.profile.routes import router as profile_routes
from keywright.features.refresh_tokens.routes import router as refresh_routes
from keywright.features.sessions.routes import router as session_routes
from keywright.features.sign_up.routes import router as sign_up_routes
from keywright.senders.mail import Mailer
from keywright.shared.background import running
from keywright.shared.middleware import Hardened, RequestContext
from keywright.shared.responses import add_error_handlers, refusal

BASE = "/api/v1"
OPENAPI = "/api/openapi.json"
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


def create_router(
    settings: Settings | None = None, *, mailer: Mailer | None = None
) -> APIRouter:
    """Return every route, with a lifespan that opens and closes what they need.

    Without *settings* those of the environment are read.

    Include it, never mount it: a mounted application's lifespan does not run. Errors,
    headers and limits come with the routes; the host's own handlers stay untouched.
    *mailer* replaces the one that the settings name.
    """
    chosen = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        hybrid: Hybrid = await open_hybrid(chosen, mailer=mailer)
        app.state.auth = hybrid.services
        try:
            async with running(hybrid.jobs):
                yield
        finally:
            await hybrid.close()

    # The router looks at its routes in this order, so the busiest come first.
    router = APIRouter(lifespan=lifespan)
    router.add_route(f"{BASE}/auth/verify", verify, methods=["GET"])
    for routes in (
        refresh_routes,
        profile_routes,
        password_routes,
        session_routes,
        sign_up_routes,
        code_routes,
        reset_routes,
        deletion_routes,
    ):
        router.include_router(routes, prefix=f"{BASE}/auth")
    router.include_router(health_routes, prefix=BASE)
    router.include_router(key_routes)
    return router


async def documentation(_: Request) -> Response:
    """Show every operation; outside of production only, for it loads from a CDN."""
    page = get_swagger_ui_html(openapi_url=OPENAPI, title="Authentication")
    page.headers["Content-Security-Policy"] = DOCS_POLICY
    return page


def create_app(
    settings: Settings | None = None, *, mailer: Mailer | None = None
) -> FastAPI:
    """Return the service: the routes, and what only an application's owner may add.

    Without *settings* those of the environment are read.

    Those are middleware, answers for unknown routes, health at the root and, outside
    of production, the interactive documentation.
    """
    settings = settings or load_settings()
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
    app.include_router(create_router(settings, mailer=mailer))
    if is_open:
        app.add_route("/api/docs", documentation, methods=["GET"])
    add_error_handlers(app)
    if settings.cors_origins or settings.client_url:
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
    app.add_middleware(Hardened, refuse=refusal)
    app.add_middleware(RequestContext)
    return app
