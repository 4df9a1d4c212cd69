"""The collection of opaque sessions.

MongoDB removes sessions by itself a day after their absolute expiry.
"""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
SESSIONS = Documents(
    "sessions",
    schema(
        ["user_id", "digest", "epoch", "last_seen_at", "idle_expires_at", "expires_at"],
        {
            "user_id": kind("binData"),
            "digest": kind("binData"),
            "user_agent": kind("string"),
            "address": kind("string"),
            "amr": kind("array"),
            "epoch": kind("int", "long"),
            "created_at": kind("date"),
            "last_seen_at": kind("date"),
            "idle_expires_at": kind("date"),
            "expires_at": kind("date"),
            "revoked_at": kind("date", "null"),
            "revoked_reason": kind("string", "null"),
        },
    ),
    (
        IndexModel([("user_id", 1), ("revoked_at", 1)], name="ix_sessions_user"),
        IndexModel(
            "expires_at", name="ix_sessions_expiry", expireAfterSeconds=KEPT_SECONDS
        ),
    ),
)
