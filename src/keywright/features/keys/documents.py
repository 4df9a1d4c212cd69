"""The collection of signing keys."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

SIGNING_KEYS = Documents(
    "signing_keys",
    schema(
        ["kid", "algorithm", "private", "created_at", "active_at"],
        {
            "kid": kind("string"),
            "algorithm": kind("string"),
            "private": kind("string"),
            "created_at": kind("date"),
            "active_at": kind("date"),
            "gone_at": kind("date", "null"),
            "revoked_at": kind("date", "null"),
        },
    ),
    (IndexModel("kid", name="uq_signing_keys_kid", unique=True),),
)
