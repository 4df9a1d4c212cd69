"""stateless-auth: access tokens that are checked without a look into any store.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from fastapi import APIRouter

from keywright.blueprints.foundation.application import Frame, without
from keywright.blueprints.foundation.pictures import PROFILE_ROUTES
from keywright.blueprints.foundation.social import BASE as SOCIAL
from keywright.blueprints.foundation.social import SOCIAL_ROUTES
from keywright.blueprints.stateless_auth.composition import open_auth
from keywright.blueprints.stateless_auth.routes import router as own_routes
from keywright.blueprints.stateless_auth.routes import verify
from keywright.blueprints.stateless_auth.settings import load_settings
from keywright.features.ended_sessions.routes import PATH as ENDED_SESSIONS
from keywright.features.ended_sessions.routes import ended_sessions
from keywright.features.ended_sessions.routes import router as ended_routes
from keywright.features.health.routes import router as health_routes
from keywright.features.keys.routes import router as key_routes
from keywright.features.password_reset.routes import router as reset_routes
from keywright.features.passwords.routes import router as password_routes
from keywright.features.refresh_tokens.routes import router as refresh_routes
from keywright.features.sign_up.routes import router as sign_up_routes

BASE = "/api/v1"


def add_routes(router: APIRouter) -> None:
    """Add every route."""
    # The router looks at its routes in this order, so the busiest come first.
    router.add_route(f"{BASE}/auth/verify", verify, methods=["GET"])
    router.add_route(ENDED_SESSIONS, ended_sessions, methods=["GET"])
    for routes in (
        refresh_routes,
        *PROFILE_ROUTES,
        own_routes,
        without(password_routes, "/signin"),
        without(sign_up_routes, "/verify-user"),
        without(reset_routes, "/verify-reset-otp"),
    ):
        router.include_router(routes, prefix=f"{BASE}/auth")
    for routes in SOCIAL_ROUTES:
        router.include_router(routes, prefix=SOCIAL)
    router.include_router(health_routes, prefix=BASE)
    router.include_router(key_routes)
    router.include_router(ended_routes)


_frame = Frame(load_settings, open_auth, add_routes, cookie="accessToken")
create_app, create_router = _frame.create_app, _frame.create_router
