"""The blueprints: whole compositions, each an application."""

from typing import Final

from keywright.registry.item import Item
from keywright.registry.slots import FILE_STORE, HYBRID_STORAGE, MAILER, RESPONSES

HYBRID_AUTH: Final = Item(
    "blueprint/hybrid-auth",
    "Short-lived access tokens, rotating refresh tokens and sessions that end at once",
    roots=("blueprints.hybrid_auth.app",),
    slots=(HYBRID_STORAGE, MAILER, FILE_STORE, RESPONSES),
    settings="blueprints.hybrid_auth.settings",
    needs=("uvicorn",),
    start="uvicorn {package}.main:create_app --factory",
)

BLUEPRINTS: Final = (HYBRID_AUTH,)
