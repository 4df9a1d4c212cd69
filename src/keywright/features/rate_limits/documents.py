"""The collection of limits; MongoDB removes keys by itself once they are free."""

from pymongo import IndexModel

from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
RATE_LIMITS = Documents(
    "rate_limits",
    schema(["free_at"], {"free_at": kind("long", "int"), "free_date": kind("date")}),
    (
        IndexModel(
            "free_date", name="ix_rate_limits_free", expireAfterSeconds=KEPT_SECONDS
        ),
    ),
)
