"""The collection of users; *turn* is whatever last had to see one unchanged."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

USERS = Documents(
    "users",
    schema(
        ["name", "email", "role", "is_email_verified", "status", "epoch"],
        {
            "name": kind("string"),
            "first_name": kind("string", "null"),
            "last_name": kind("string", "null"),
            "email": kind("string"),
            "password_hash": kind("string", "null"),
            "role": kind("string"),
            "is_email_verified": kind("bool"),
            "status": {"enum": ["active", "deactivated", "banned"]},
            "purge_after": kind("date", "null"),
            "avatar": kind("object", "null"),
            "last_login_at": kind("date", "null"),
            "epoch": kind("int", "long"),
            "epoch_raised_at": kind("date"),
            "turn": kind("binData"),
            "created_at": kind("date"),
            "updated_at": kind("date"),
        },
    ),
    (
        IndexModel("email", name="uq_users_email", unique=True),
        IndexModel([("status", 1), ("purge_after", 1)], name="ix_users_lapsed"),
        IndexModel("epoch_raised_at", name="ix_users_epoch_raised_at", sparse=True),
    ),
)
