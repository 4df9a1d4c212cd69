"""backend-starter: the smallest complete start, a bearer token over one cookie.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from functools import partial

from fastapi import APIRouter, FastAPI

from keywright.blueprints.backend_starter.composition import BASE, open_auth
from keywright.blueprints.backend_starter.refusals import refusal
from keywright.blueprints.backend_starter.routes import health_router
from keywright.blueprints.backend_starter.routes import router as auth_routes
from keywright.blueprints.backend_starter.settings import Settings, load_settings
from keywright.blueprints.foundation.application import application, router_of
from keywright.senders.mail import Mailer


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
    router = router_of(partial(open_auth, chosen, mailer=mailer))
    router.include_router(auth_routes, prefix=BASE)
    return router


def create_app(
    settings: Settings | None = None, *, mailer: Mailer | None = None
) -> FastAPI:
    """Return the service: the routes, and what only an application's owner may add.

    Without *settings* those of the environment are read.
    """
    chosen = settings or load_settings()
    routes = create_router(chosen, mailer=mailer)
    app = application(chosen, routes, refuse=refusal)
    app.include_router(health_router)
    return app
