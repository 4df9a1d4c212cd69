"""Where signing keys are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from keywright.features.keys.types import StoredKey


class KeyStore(Protocol):
    """Signing keys; each method is one atomic step."""

    async def add(self, key: StoredKey) -> bool:
        """Add *key*; False if its number or its kid is there already.

        Of two servers that make the same next key, one wins and the other reads it.
        """

    async def all(self) -> Sequence[StoredKey]:
        """Return all keys in the order of their numbers."""

    async def retire(self, kid: str, *, gone_at: datetime) -> bool:
        """Let the key verify until *gone_at*; False if unknown or already retired."""

    async def revoke(self, kid: str, *, now: datetime) -> bool:
        """Make the key worthless at once; False if unknown or already revoked."""

    async def replace_private(self, kid: str, *, old: str, new: str) -> bool:
        """Replace the sealed private part *old* by *new*; False if it is not *old*."""

    async def purge(self, *, before: datetime) -> int:
        """Remove keys that are gone since before *before*; return how many."""
