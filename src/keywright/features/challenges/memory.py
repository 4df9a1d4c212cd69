"""Challenges in this process's memory: nothing survives it, so for tests only."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from keywright.features.challenges.policy import is_open, may_renew, may_try
from keywright.features.challenges.types import Challenge
from keywright.features.outbox.memory import Letters
from keywright.features.outbox.types import Letter

PURGED_AT_ONCE = 1000


class Challenges:
    """Challenges by flow id."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters
        self._challenges: dict[bytes, Challenge] = {}
        self._lanes: dict[bytes, UUID] = {}

    async def issue(
        self, challenge: Challenge, *, letter: Letter | None, lane: UUID | None = None
    ) -> None:
        if challenge.subject is not None:
            self._lanes[challenge.id] = lane or challenge.subject
            self._supersede(challenge)
        self._challenges[challenge.id] = challenge
        self._letters.record(letter)

    async def by_id(self, flow_id: bytes) -> Challenge | None:
        return self._challenges.get(flow_id)

    async def count_attempt(self, flow_id: bytes, *, now: datetime) -> Challenge | None:
        challenge = self._challenges.get(flow_id)
        if challenge is None or not may_try(challenge, now=now):
            return None
        challenge = replace(challenge, attempts=challenge.attempts + 1)
        self._challenges[flow_id] = challenge
        return challenge

    async def consume(self, flow_id: bytes, *, now: datetime) -> bool:
        challenge = self._challenges.get(flow_id)
        if challenge is None or not is_open(challenge, now=now):
            return False
        self._challenges[flow_id] = replace(challenge, used_at=now)
        return True

    async def finish(self, flow_id: bytes, *, now: datetime) -> bool:
        challenge = self._challenges.get(flow_id)
        if challenge is None or challenge.used_at is None:
            return False
        if challenge.done_at is not None:
            return False
        self._challenges[flow_id] = replace(challenge, done_at=now)
        return True

    async def renew(
        self,
        flow_id: bytes,
        *,
        proof: bytes,
        now: datetime,
        resend_at: datetime,
        expires_at: datetime,
        letter: Letter | None,
    ) -> bool:
        challenge = self._challenges.get(flow_id)
        if challenge is None or not may_renew(challenge, now=now):
            return False
        self._challenges[flow_id] = replace(
            challenge,
            proof=proof,
            attempts=0,
            resend_at=resend_at,
            expires_at=expires_at,
        )
        self._letters.record(letter)
        return True

    async def forget(self, subject: UUID) -> None:
        about = [one.id for one in self._challenges.values() if one.subject == subject]
        for flow_id in about:
            del self._challenges[flow_id]

    async def purge(self, *, before: datetime) -> int:
        expired = [
            challenge.id
            for challenge in self._challenges.values()
            if challenge.expires_at < before
        ][:PURGED_AT_ONCE]
        for flow_id in expired:
            del self._challenges[flow_id]
        return len(expired)

    def _supersede(self, newer: Challenge) -> None:
        for older in list(self._challenges.values()):
            if (
                older.purpose is newer.purpose
                and self._lanes.get(older.id) == self._lanes[newer.id]
                and older.superseded_at is None
                and older.done_at is None
            ):
                self._challenges[older.id] = replace(
                    older, superseded_at=newer.created_at
                )
