"""What promises 1 to 6 say of one user's sessions, in as few lines as possible.

The model keeps every token ever given out, in the order of its family, and says of
each presented one what must come of it. It knows neither digests nor stores.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from keywright.features.refresh_tokens.types import Lifetimes

LEEWAY = timedelta(seconds=10)
"""What tokens' own times are allowed, for clocks that differ."""


class Outcome(Enum):
    """What may come of a presented token; CONTESTED, never at these numbers."""

    NEXT = "a token that nobody has seen before"
    SAME = "the token that the first try gave"
    REUSED = "refresh_reused"
    ENDED = "session_ended"
    INVALID = "refresh_invalid"
    CONTESTED = "refresh_contested"


@dataclass(slots=True)
class Family:
    """The tokens of one session, oldest first; None was given but never seen."""

    id: UUID
    epoch: int
    tokens: list[str | None]
    token_expiries: list[datetime]
    created_at: datetime
    rotated_at: datetime
    idle_expires_at: datetime
    expires_at: datetime
    is_ended: bool = False


@dataclass(slots=True)
class Model:
    """One user and the user's families."""

    now: datetime
    lifetimes: Lifetimes
    max_sessions: int
    epoch: int = 0
    is_banned: bool = False
    families: dict[UUID, Family] = field(default_factory=dict)

    def open(self, session_id: UUID, token: str) -> None:
        """Let a session begin; the oldest over the cap end."""
        self.families[session_id] = Family(
            id=session_id,
            epoch=self.epoch,
            tokens=[token],
            token_expiries=[self.now + self.lifetimes.idle],
            created_at=self.now,
            rotated_at=self.now,
            idle_expires_at=self.now + self.lifetimes.idle,
            expires_at=self.now + self.lifetimes.absolute,
        )
        for over in self.live()[self.max_sessions :]:
            self.families[over].is_ended = True

    def live(self) -> list[UUID]:
        """Return the sessions that must be listed, newest first."""
        listed = [one for one in self.families.values() if self.is_live(one)]
        listed.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return [one.id for one in listed]

    def family_of(self, token: str) -> Family:
        """Return the family that *token* was given out in."""
        return next(one for one in self.families.values() if token in one.tokens)

    def known(self) -> set[str | None]:
        """Return every token that was ever given out."""
        return {one for each in self.families.values() for one in each.tokens}

    def outcome(self, token: str) -> Outcome:
        """Say what must come of *token* now."""
        family = self.family_of(token)
        position = family.tokens.index(token)
        if self.now >= family.token_expiries[position] + LEEWAY:
            return Outcome.INVALID
        if self.is_banned or not self.is_live(family):
            return Outcome.ENDED
        if position == len(family.tokens) - 1:
            return Outcome.NEXT
        is_predecessor = position == len(family.tokens) - 2
        in_time = self.now - family.rotated_at <= self.lifetimes.retry_window
        return Outcome.SAME if is_predecessor and in_time else Outcome.REUSED

    def rotate(self, token: str, successor: str | None) -> None:
        """Let *successor* follow *token*; None if its answer was lost on the way."""
        family = self.family_of(token)
        family.tokens.append(successor)
        family.rotated_at = self.now
        idle = min(self.now + self.lifetimes.idle, family.expires_at)
        family.idle_expires_at = idle
        family.token_expiries.append(idle)

    def repeat(self, token: str, successor: str | None) -> None:
        """See again, or for the first time, what follows *token*."""
        tokens = self.family_of(token).tokens
        assert tokens[-1] in {None, successor}, "another successor than the first time"
        tokens[-1] = successor

    def is_live(self, family: Family) -> bool:
        """Say whether *family* has neither been ended, nor expired, nor outdated."""
        limit = min(family.idle_expires_at, family.expires_at)
        return not family.is_ended and family.epoch == self.epoch and self.now < limit
