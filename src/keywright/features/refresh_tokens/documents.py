"""The collection of families; each carries its session, so a step is one document.

MongoDB removes families by itself a day after their absolute expiry, ended ones too:
until then a reused token must not look unknown.
"""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
FAMILIES = Documents(
    "refresh_tokens",
    schema(
        ["user_id", "current_digest", "previous_digest", "rotated_at", "expires_at"],
        {
            "user_id": kind("binData"),
            "current_digest": kind("binData"),
            "previous_digest": kind("binData"),
            "rotated_at": kind("date"),
            "epoch": kind("int", "long"),
            "idle_expires_at": kind("date"),
            "expires_at": kind("date"),
            "created_at": kind("date"),
            "revoked_at": kind("date", "null"),
            "revoked_reason": kind("string", "null"),
            "session": kind("object"),
        },
    ),
    (
        IndexModel([("user_id", 1), ("revoked_at", 1)], name="ix_refresh_tokens_user"),
        IndexModel(
            "expires_at",
            name="ix_refresh_tokens_expiry",
            expireAfterSeconds=KEPT_SECONDS,
        ),
    ),
)
