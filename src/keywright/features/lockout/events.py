"""What happened at the door."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TriesRefused:
    """So many tries failed that further ones of strangers are refused for a while."""

    user_id: UUID | None


@dataclass(frozen=True, slots=True)
class TriesForgotten:
    """An operator had what strangers tried at an account forgotten."""

    user_id: UUID
