"""backend-starter: the smallest complete start, a bearer token over one cookie.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from fastapi import APIRouter

from keywright.blueprints.backend_starter.composition import BASE, open_auth
from keywright.blueprints.backend_starter.refusals import refusal
from keywright.blueprints.backend_starter.routes import health_router
from keywright.blueprints.backend_starter.routes import router as auth_routes
from keywright.blueprints.backend_starter.settings import load_settings
from keywright.blueprints.foundation.application import Frame


def add_routes(router: APIRouter) -> None:
    """Add every route."""
    router.include_router(auth_routes, prefix=BASE)


_frame = Frame(
    load_settings, open_auth, add_routes, refuse=refusal, at_root=[health_router]
)
create_app, create_router = _frame.create_app, _frame.create_router
