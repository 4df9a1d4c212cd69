"""The blueprints: whole compositions, each an application."""

from typing import Final

from keywright.registry.choices import PARTS
from keywright.registry.item import Item
from keywright.registry.slots import (
    AUTH_SERVICE_STORAGE,
    DATABASE_ADDRESS,
    FILE_STORE,
    HYBRID_STORAGE,
    MAILER,
    PART_SLOTS,
    REDIS_SETTINGS,
    RESPONSES,
    STARTER_STORAGE,
    STATEFUL_STORAGE,
    STATELESS_STORAGE,
    Slot,
)
from keywright.registry.suite import suite

_EVERYWHERE: Final = (DATABASE_ADDRESS, REDIS_SETTINGS, MAILER, FILE_STORE, RESPONSES)


def _blueprint(
    name: str,
    summary: str,
    storage: Slot,
    *,
    parts: tuple[str, ...] = (),
) -> Item:
    folder = name.replace("-", "_")
    slots = [slot for part in parts for slot in PART_SLOTS[part]]
    return Item(
        f"blueprint/{name}",
        summary,
        roots=(f"blueprints.{folder}.app",),
        slots=(storage, *_EVERYWHERE, *slots),
        settings=f"blueprints.{folder}.settings",
        needs=("uvicorn",),
        start="uvicorn {package}.main:create_app --factory",
        parts=parts,
        test_slots=suite(folder),
    )


HYBRID_AUTH: Final = _blueprint(
    "hybrid-auth",
    "Short-lived access tokens, rotating refresh tokens and sessions that end at once",
    HYBRID_STORAGE,
    parts=tuple(PARTS),
)
STATELESS_AUTH: Final = _blueprint(
    "stateless-auth",
    "Access tokens checked without a store, codes by mail, families in the database",
    STATELESS_STORAGE,
    parts=tuple(PARTS),
)
STATEFUL_AUTH: Final = _blueprint(
    "stateful-auth",
    "One opaque token per session, looked up at every request and ended at once",
    STATEFUL_STORAGE,
    parts=tuple(PARTS),
)
AUTH_SERVICE: Final = _blueprint(
    "auth-service",
    "Sign-up, sign-in and refresh; access tokens that others check by a key set",
    AUTH_SERVICE_STORAGE,
)
BACKEND_STARTER: Final = _blueprint(
    "backend-starter",
    "The smallest complete start: a bearer access token over one refresh cookie",
    STARTER_STORAGE,
)

BLUEPRINTS: Final = (
    HYBRID_AUTH,
    STATELESS_AUTH,
    STATEFUL_AUTH,
    AUTH_SERVICE,
    BACKEND_STARTER,
)
