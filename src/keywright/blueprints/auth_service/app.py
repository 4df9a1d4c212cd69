"""auth-service: sign-up, sign-in and tokens that other services check by a key set.

`create_app` is the service. `create_router` is the same for an application that
includes it: `app.include_router(create_router(settings))`.
"""

from functools import partial

from fastapi import APIRouter, FastAPI

from keywright.blueprints.auth_service.composition import open_auth
from keywright.blueprints.auth_service.refusals import refusal
from keywright.blueprints.auth_service.routes import router as auth_routes
from keywright.blueprints.auth_service.settings import Settings, load_settings
from keywright.blueprints.foundation.application import application, router_of
from keywright.features.ended_sessions.routes import PATH as ENDED_SESSIONS
from keywright.features.ended_sessions.routes import ended_sessions
from keywright.features.keys.routes import router as key_routes
from keywright.senders.mail import Mailer

BASES = ("/auth", "/api/auth")


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
    for base in BASES:
        router.include_router(auth_routes, prefix=base)
    router.add_route(ENDED_SESSIONS, ended_sessions, methods=["GET"])
    router.include_router(key_routes)
    return router


def create_app(
    settings: Settings | None = None, *, mailer: Mailer | None = None
) -> FastAPI:
    """Return the service: the routes, and what only an application's owner may add.

    Without *settings* those of the environment are read.
    """
    chosen = settings or load_settings()
    routes = create_router(chosen, mailer=mailer)
    return application(chosen, routes, refuse=refusal)
