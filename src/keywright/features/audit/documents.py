"""The collection of audit entries."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

AUDIT_EVENTS = Documents(
    "audit_events",
    schema(
        ["at", "event"],
        {
            "at": kind("date"),
            "event": kind("string"),
            "user_id": kind("binData", "null"),
            "session": kind("string", "null"),
            "address": kind("string", "null"),
            "request_id": kind("string", "null"),
            "details": kind("object"),
        },
    ),
    (
        IndexModel([("at", -1), ("_id", -1)], name="ix_audit_events_at"),
        IndexModel([("user_id", 1), ("at", -1)], name="ix_audit_events_user"),
    ),
)
