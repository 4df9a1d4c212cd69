"""The collection of challenges; MongoDB removes them by itself after they expired."""

from pymongo import IndexModel

from keywright.features.challenges.types import Purpose
from keywright.shared.mongo import Documents, kind, schema

KEPT_SECONDS = 86_400
OTPS = Documents(
    "otps",
    schema(
        ["purpose", "proof", "attempts", "max_attempts", "expires_at"],
        {
            "purpose": {"enum": [str(purpose) for purpose in Purpose]},
            "subject": kind("binData", "null"),
            "open_lane": kind("binData"),
            "proof": kind("binData"),
            "attempts": kind("int", "long"),
            "max_attempts": kind("int", "long"),
            "data": kind("string"),
            "created_at": kind("date"),
            "expires_at": kind("date"),
            "resend_at": kind("date"),
            "used_at": kind("date", "null"),
            "done_at": kind("date", "null"),
            "superseded_at": kind("date", "null"),
        },
    ),
    (
        IndexModel(
            [("open_lane", 1), ("purpose", 1)],
            name="uq_otps_open",
            unique=True,
            partialFilterExpression={"open_lane": {"$exists": True}},
        ),
        IndexModel("subject", name="ix_otps_subject"),
        IndexModel(
            "expires_at", name="ix_otps_expiry", expireAfterSeconds=KEPT_SECONDS
        ),
    ),
)
