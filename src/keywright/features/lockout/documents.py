"""The collection of failures."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

FAILURES = Documents(
    "failures",
    schema(
        ["recent", "total", "last_at"],
        {
            "recent": kind("int", "long"),
            "total": kind("int", "long"),
            "previous_at": kind("date", "null"),
            "last_at": kind("date"),
        },
    ),
    (IndexModel("last_at", name="ix_failures_last_at"),),
)
