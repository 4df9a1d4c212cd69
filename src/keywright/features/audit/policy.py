"""What is kept of an event."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

ROUTINE = frozenset({"RefreshRotated", "LetterSent", "SignUpStarted"})
"""Events that are logged but not kept in the table: they come with every use."""


def details_of(event: object) -> Mapping[str, str]:
    """Return the members of *event* as text, without the user's and session's id."""
    if not is_dataclass(event):
        return {}
    values: dict[str, Any] = {
        field.name: getattr(event, field.name) for field in fields(event)
    }
    return {
        name: str(value)
        for name, value in values.items()
        if name not in {"user_id", "session_id"} and value is not None
    }


def session_label(session_id: UUID | None) -> str | None:
    """Return the first 8 hex digits of the SHA-256 of a session's id: not the id."""
    if session_id is None:
        return None
    return sha256(session_id.bytes).hexdigest()[:8]
