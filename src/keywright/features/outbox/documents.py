"""The collection of letters; MongoDB removes them by itself after they expired."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
LETTERS = Documents(
    "outbox",
    schema(
        ["kind", "sealed", "status", "attempts", "due_at", "created_at", "expires_at"],
        {
            "kind": kind("string"),
            "sealed": kind("string"),
            "status": {"enum": ["waiting", "sent", "abandoned", "decoy"]},
            "attempts": kind("int", "long"),
            "lease": kind("binData", "null"),
            "due_at": kind("date"),
            "created_at": kind("date"),
            "expires_at": kind("date"),
            "reason": kind("string"),
        },
    ),
    (
        IndexModel(
            [("status", 1), ("created_at", 1), ("_id", 1)], name="ix_outbox_waiting"
        ),
        IndexModel(
            "expires_at", name="ix_outbox_expiry", expireAfterSeconds=KEPT_SECONDS
        ),
    ),
)
