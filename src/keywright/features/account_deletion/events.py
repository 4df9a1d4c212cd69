"""What happened to accounts that are given up."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DeletionRequested:
    """A token was mailed that deletes the account."""

    user_id: UUID
    kind: str


@dataclass(frozen=True, slots=True)
class LapsedPurged:
    """Users whose grace period was over are gone."""

    count: int
