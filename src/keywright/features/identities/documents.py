"""The collection of identities; *turn* is who last unlinked one of the same user.

*pending_at* is the user's epoch at which one was linked that is not certain yet, on
servers without transactions. Tokens are sealed.
"""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

IDENTITIES = Documents(
    "identities",
    schema(
        ["user_id", "provider", "issuer", "subject", "linked_at"],
        {
            "user_id": kind("binData"),
            "provider": kind("string"),
            "issuer": kind("string"),
            "subject": kind("string"),
            "email": kind("string", "null"),
            "linked_at": kind("date"),
            "access_token": kind("string", "null"),
            "refresh_token": kind("string", "null"),
            "turn": kind("binData"),
            "pending_at": kind("int", "long"),
        },
    ),
    (
        IndexModel(
            [("issuer", 1), ("subject", 1)], name="uq_identities_subject", unique=True
        ),
        IndexModel(
            [("user_id", 1), ("provider", 1)],
            name="uq_identities_provider",
            unique=True,
        ),
    ),
)
