"""stateful-auth: one opaque token per session, which is looked up at every request.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from fastapi import APIRouter

from keywright.blueprints.foundation.application import Frame
from keywright.blueprints.foundation.gateways import router as gateway_routes
from keywright.blueprints.foundation.gateways import verify
from keywright.blueprints.foundation.pictures import PROFILE_ROUTES
from keywright.blueprints.foundation.resends import router as resend_routes
from keywright.blueprints.foundation.social import BASE as SOCIAL
from keywright.blueprints.foundation.social import SOCIAL_ROUTES
from keywright.blueprints.stateful_auth.composition import open_auth
from keywright.blueprints.stateful_auth.settings import load_settings
from keywright.features.account_deletion.routes import router as deletion_routes
from keywright.features.health.routes import router as health_routes
from keywright.features.opaque_sessions.routes import router as sign_out_routes
from keywright.features.password_reset.routes import router as reset_routes
from keywright.features.passwords.routes import router as password_routes
from keywright.features.sessions.routes import router as session_routes
from keywright.features.sign_up.routes import router as sign_up_routes

BASE = "/api/v1"


def add_routes(router: APIRouter) -> None:
    """Add every route."""
    # The router looks at its routes in this order, so the busiest come first.
    router.add_route(f"{BASE}/auth/verify", verify, methods=["GET"])
    for routes in (
        *PROFILE_ROUTES,
        password_routes,
        session_routes,
        sign_up_routes,
        resend_routes,
        reset_routes,
        deletion_routes,
        sign_out_routes,
        gateway_routes,
    ):
        router.include_router(routes, prefix=f"{BASE}/auth")
    for routes in SOCIAL_ROUTES:
        router.include_router(routes, prefix=SOCIAL)
    router.include_router(health_routes, prefix=BASE)


_frame = Frame(load_settings, open_auth, add_routes, cookie="sid")
create_app, create_router = _frame.create_app, _frame.create_router
