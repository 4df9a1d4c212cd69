"""Flows: codes and tokens are opened, proved, spent and finished.

A proof is used in a fixed order: the attempt is counted, the proof compared, the
challenge consumed by exactly one request, the effect made, the challenge finished. The
effect is idempotent and keyed by the flow, so what was consumed but not finished can be
finished by the same proof after half a minute: a crash costs nothing.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TokenNotValid,
    TooSoon,
)
from keywright.features.challenges.policy import is_open, may_renew
from keywright.features.challenges.store import ChallengeStore
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.features.outbox.types import Letter
from keywright.shared.clock import Now
from keywright.shared.secrets import (
    from_text,
    mac,
    random_bytes,
    random_code,
    to_text,
)
from keywright.shared.vault import Vault

FLOW_BYTES = 16
TOKEN_BYTES = 32
TOKEN_TRIES = 5
MayCompare = Callable[[Challenge], Awaitable[bool]]
"""Says of a counted attempt whether its code is compared at all."""


@dataclass(frozen=True, slots=True)
class FlowRules:
    """How codes are made and how long they last."""

    lifetime: timedelta = timedelta(minutes=10)
    attempts: int = 5
    cooldown: timedelta = timedelta(seconds=60)
    digits: int = 6
    long_digits: int = 12


@dataclass(frozen=True, slots=True)
class Opened:
    """A challenge that is not stored yet, its secret, and the *lane* it is to have."""

    challenge: Challenge
    secret: str = field(repr=False)
    lane: UUID | None = None

    @property
    def flow_id(self) -> str:
        """Return the flow's id as clients see it."""
        return to_text(self.challenge.id)


class Flows:
    """Everything that can be done with a challenge."""

    def __init__(
        self,
        store: ChallengeStore,
        *,
        keys: Sequence[bytes],
        vault: Vault,
        rules: FlowRules,
        now: Now,
    ) -> None:
        """Make proofs with the first of *keys*, accept all; seal data in *vault*."""
        self._store = store
        self._keys = tuple(keys)
        self._vault = vault
        self._rules = rules
        self._now = now

    @property
    def cooldown(self) -> timedelta:
        """Return how long to wait after a mail before the next."""
        return self._rules.cooldown

    def open_code(
        self,
        purpose: Purpose,
        *,
        subject: UUID | None,
        address: str,
        data: bytes = b"",
        asker: str = "",
        is_short: bool = True,
    ) -> Opened:
        """Return a new flow with a decimal code for *address*; nothing is stored.

        Without *subject* the flow looks the same and can never be passed. It replaces
        only what the same *asker* asked for. Not *is_short*, it cannot be guessed.
        """
        flow = random_bytes(FLOW_BYTES)
        code = self._code(is_short=is_short)
        now = self._now()
        challenge = Challenge(
            id=flow,
            purpose=purpose,
            subject=subject,
            proof=_proof(self._keys[0], purpose, flow, address, code),
            max_attempts=self._rules.attempts,
            created_at=now,
            expires_at=now + self._rules.lifetime,
            resend_at=now + self._rules.cooldown,
            data=self._vault.seal(data, context=flow),
        )
        return Opened(challenge, code, _lane(self._keys[0], subject, asker))

    def open_token(
        self,
        purpose: Purpose,
        *,
        subject: UUID,
        lifetime: timedelta,
        data: bytes = b"",
    ) -> Opened:
        """Return a new flow proved by a token of 256 random bits; nothing is stored.

        The token carries its flow's id in front.
        """
        flow, secret = random_bytes(FLOW_BYTES), random_bytes(TOKEN_BYTES)
        now = self._now()
        challenge = Challenge(
            id=flow,
            purpose=purpose,
            subject=subject,
            proof=_proof(self._keys[0], purpose, flow, "", to_text(secret)),
            max_attempts=TOKEN_TRIES,
            created_at=now,
            expires_at=now + lifetime,
            resend_at=now + lifetime,
            data=self._vault.seal(data, context=flow),
        )
        return Opened(challenge, to_text(flow + secret))

    async def issue(self, opened: Opened, *, letter: Letter | None) -> None:
        """Store the flow together with the *letter* that carries its secret."""
        await self._store.issue(opened.challenge, letter=letter, lane=opened.lane)

    async def find(self, flow_id: str, purpose: Purpose) -> Challenge | None:
        """Return the open challenge with this id and purpose, or None."""
        flow = _decode(flow_id, FLOW_BYTES)
        found = flow and await self._store.by_id(flow)
        if not found or found.purpose is not purpose:
            return None
        return found if is_open(found, now=self._now()) else None

    def require_cooled(self, challenge: Challenge) -> None:
        """Raise `TooSoon` while no new code may be sent for the flow."""
        now = self._now()
        if not may_renew(challenge, now=now):
            raise TooSoon(_wait_for(challenge, now))

    def reopen(
        self, challenge: Challenge, address: str, *, is_short: bool = True
    ) -> Opened:
        """Return *challenge* with a new code, to be stored by `renew`."""
        code = self._code(is_short=is_short)
        now = self._now()
        proof = _proof(self._keys[0], challenge.purpose, challenge.id, address, code)
        renewed = replace(
            challenge,
            proof=proof,
            expires_at=now + self._rules.lifetime,
            resend_at=now + self._rules.cooldown,
        )
        return Opened(renewed, code)

    async def renew(self, opened: Opened, *, letter: Letter | None) -> None:
        """Replace the flow's code by the new one, or raise `TooSoon`.

        Of concurrent calls exactly one sends its letter.
        """
        challenge, now = opened.challenge, self._now()
        renewed = await self._store.renew(
            challenge.id,
            proof=challenge.proof,
            now=now,
            resend_at=challenge.resend_at,
            expires_at=challenge.expires_at,
            letter=letter,
        )
        if not renewed:
            stored = await self._store.by_id(challenge.id)
            raise TooSoon(_wait_for(stored or challenge, now))

    async def prove_code(
        self,
        flow_id: str,
        purpose: Purpose,
        *,
        address: str,
        code: str,
        may_compare: MayCompare,
    ) -> Challenge:
        """Count one attempt and return the challenge that *code* proves.

        *may_compare* is asked only about flows that exist and have this purpose: who
        names none cannot use up anybody's tries. Raise `CodeInvalid`, or `ProofInUse`
        while another request uses the code. The challenge is not spent yet.
        """
        flow = _decode(flow_id, FLOW_BYTES)
        proved = flow and await self._prove(flow, purpose, address, code, may_compare)
        if not proved:
            raise CodeInvalid
        return proved

    async def prove_token(self, token: str, purpose: Purpose) -> Challenge:
        """Return the unspent challenge of *token*, or raise `TokenNotValid`."""
        decoded = _decode(token, FLOW_BYTES + TOKEN_BYTES)
        if not decoded:
            raise TokenNotValid
        flow, secret = decoded[:FLOW_BYTES], to_text(decoded[FLOW_BYTES:])
        proved = await self._prove(flow, purpose, "", secret, _always)
        if not proved:
            raise TokenNotValid
        return proved

    async def spend(self, challenge: Challenge) -> None:
        """Consume the challenge, or raise `ProofInUse`: exactly one caller goes on."""
        if not await self._store.consume(challenge.id, now=self._now()):
            raise ProofInUse(retry_after=RESUME_AFTER)

    async def finish(self, challenge: Challenge) -> None:
        """Record that the effect of the spent challenge is complete."""
        await self._store.finish(challenge.id, now=self._now())

    async def forget(self, subject: UUID) -> None:
        """Remove every flow about *subject*; harmless to repeat."""
        await self._store.forget(subject)

    def data_of(self, challenge: Challenge) -> bytes:
        """Return what was sealed into the flow."""
        return self._vault.open(challenge.data, context=challenge.id)

    def _code(self, *, is_short: bool) -> str:
        rules = self._rules
        return random_code(rules.digits if is_short else rules.long_digits)

    async def _prove(
        self,
        flow: bytes,
        purpose: Purpose,
        address: str,
        secret: str,
        may_compare: MayCompare,
    ) -> Challenge | None:
        now = self._now()
        challenge = await self._store.count_attempt(flow, now=now)
        if challenge is None or challenge.purpose is not purpose:
            return None
        if not await may_compare(challenge):
            return None
        expected = [_proof(key, purpose, flow, address, secret) for key in self._keys]
        is_right = any(compare_digest(challenge.proof, proof) for proof in expected)
        if not is_right or challenge.subject is None:
            return None
        if not is_open(challenge, now=now):
            raise ProofInUse(retry_after=RESUME_AFTER)
        return challenge


async def _always(_: Challenge) -> bool:
    return True


def _lane(key: bytes, subject: UUID | None, asker: str) -> UUID | None:
    if subject is None or not asker:
        return None
    lane = mac(key, b"lane", subject.bytes, asker.encode())
    return UUID(bytes=lane[:16], version=4)


def _wait_for(challenge: Challenge, now: datetime) -> timedelta:
    return max(challenge.resend_at - now, timedelta(seconds=1))


def _proof(key: bytes, purpose: Purpose, flow: bytes, address: str, code: str) -> bytes:
    return mac(key, purpose.encode(), flow, address.encode(), code.encode())


def _decode(text: str, length: int) -> bytes | None:
    try:
        value = from_text(text)
    except ValueError:
        return None
    return value if len(value) == length else None
