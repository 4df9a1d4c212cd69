"""The tables, or collections, of the domain `auth`: together, and each by itself."""

from typing import Final

from keywright.registry.item import Item, Roots
from keywright.registry.slots import MONGO, SQL

_PARTS: Final = {
    "user": ("Users, their role, status and epoch", "users"),
    "identity": ("What providers call a user", "identities"),
    "otp": ("One-time codes and links, one row per flow", "challenges"),
    "session": ("Signed-in devices", "sessions"),
    "refresh-token": ("Families of refresh tokens, one row each", "refresh_tokens"),
}
_WITHOUT_DOCUMENTS: Final = frozenset({"sessions"})
"""On MongoDB a session is the document of its family."""


def _schema(name: str, summary: str, *features: str) -> Item:
    types = tuple(f"features.{feature}.types" for feature in features)
    models = tuple(f"features.{feature}.models" for feature in features)
    kept = [
        "refresh_tokens" if feature in _WITHOUT_DOCUMENTS else feature
        for feature in features
    ]
    documents = tuple(f"features.{feature}.documents" for feature in kept)
    return Item(
        name,
        summary,
        roots=types,
        further=(
            Roots({"database": SQL}, (*models, "shared.drivers")),
            Roots({"database": MONGO}, (*documents, "shared.mongo_schema")),
        ),
        settings="shared.database_settings",
    )


AUTH: Final = _schema(
    "schema/auth",
    "The tables of users, identities, codes, sessions and refresh tokens",
    *(feature for _, feature in _PARTS.values()),
)

SCHEMAS: Final = (
    AUTH,
    *(
        _schema(f"schema/auth/{name}", summary, feature)
        for name, (summary, feature) in _PARTS.items()
    ),
)
