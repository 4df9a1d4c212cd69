"""The collection of ended sessions."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

ENDED_SESSIONS = Documents(
    "ended_sessions",
    schema(["ended_at"], {"ended_at": kind("date")}),
    (IndexModel("ended_at", name="ix_ended_sessions_ended_at"),),
)
