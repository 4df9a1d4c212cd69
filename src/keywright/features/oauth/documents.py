"""The collection of redirects that are under way; MongoDB removes expired ones."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
TRANSACTIONS = Documents(
    "oauth_transactions",
    schema(
        ["provider", "browser", "data", "created_at", "expires_at"],
        {
            "provider": kind("string"),
            "browser": kind("binData"),
            "data": kind("string"),
            "created_at": kind("date"),
            "expires_at": kind("date"),
        },
    ),
    (
        IndexModel(
            "expires_at",
            name="ix_oauth_transactions_expiry",
            expireAfterSeconds=KEPT_SECONDS,
        ),
    ),
)
