"""Flows with a clock that tests set."""

from collections.abc import Awaitable
from uuid import UUID

from keywright.features.challenges.memory import Challenges
from keywright.features.challenges.service import FlowRules, Flows, Opened
from keywright.features.challenges.types import Challenge, Purpose
from keywright.features.outbox.memory import Letters
from keywright.shared.secrets import new_id
from keywright.shared.vault import Vault
from tests.instants import MINUTE, NOW

KEY = b"k" * 32


ADDRESS = "ada@example.com"


VERIFY = Purpose.EMAIL_VERIFICATION


VAULT = Vault([b"v" * 32])


async def always(_: Challenge) -> bool:
    """Let every code be compared."""
    return True


async def never(_: Challenge) -> bool:
    """Let no code be compared."""
    return False


class Desk:
    """Flows with a clock that tests set."""

    def __init__(self, *, keys: tuple[bytes, ...] = (KEY,)) -> None:
        self.now = NOW
        self.letters = Letters()
        self.store = Challenges(self.letters)
        self.flows = self.with_keys(*keys)

    def with_keys(self, *keys: bytes) -> Flows:
        """Return the same flows under other keys."""
        return Flows(
            self.store,
            keys=keys,
            vault=VAULT,
            rules=FlowRules(),
            now=lambda: self.now,
        )

    async def open(
        self,
        *,
        subject: UUID | None = None,
        purpose: Purpose = VERIFY,
        nobody: bool = False,
    ) -> Opened:
        """Store a new flow with a code."""
        about = None if nobody else subject or new_id()
        opened = self.flows.open_code(
            purpose, subject=about, address=ADDRESS, data=b"pending"
        )
        await self.flows.issue(opened, letter=None)
        return opened

    def prove(self, opened: Opened, code: str | None = None) -> Awaitable[Challenge]:
        """Prove the flow by *code*, or by its own."""
        return self.flows.prove_code(
            opened.flow_id,
            VERIFY,
            address=ADDRESS,
            code=code if code is not None else opened.secret,
            may_compare=always,
        )

    async def token(self, *, subject: UUID | None = None) -> Opened:
        """Store a new flow with a token that lasts ten minutes."""
        opened = self.flows.open_token(
            Purpose.DELETION, subject=subject or new_id(), lifetime=10 * MINUTE
        )
        await self.flows.issue(opened, letter=None)
        return opened

    def prove_token(self, token: str) -> Awaitable[Challenge]:
        """Prove a deletion by *token*."""
        return self.flows.prove_token(token, Purpose.DELETION)
