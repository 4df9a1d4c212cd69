"""auth-service: sign-up, sign-in and tokens that other services check by a key set.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from fastapi import APIRouter

from keywright.blueprints.auth_service.composition import open_auth
from keywright.blueprints.auth_service.refusals import refusal
from keywright.blueprints.auth_service.routes import router as auth_routes
from keywright.blueprints.auth_service.settings import load_settings
from keywright.blueprints.foundation.application import Frame
from keywright.features.ended_sessions.routes import PATH as ENDED_SESSIONS
from keywright.features.ended_sessions.routes import ended_sessions
from keywright.features.keys.routes import router as key_routes

BASES = ("/auth", "/api/auth")


def add_routes(router: APIRouter) -> None:
    """Add every route."""
    for base in BASES:
        router.include_router(auth_routes, prefix=base)
    router.add_route(ENDED_SESSIONS, ended_sessions, methods=["GET"])
    router.include_router(key_routes)


_frame = Frame(
    load_settings,
    open_auth,
    add_routes,
    refuse=refusal,
    cookie="access_token",
    bearer=False,
)
create_app, create_router = _frame.create_app, _frame.create_router
