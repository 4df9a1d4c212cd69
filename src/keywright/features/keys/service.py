"""The signing keys: made, staged, rotated, revoked, and kept as a ring in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from keywright.features.keys.errors import KeysUnusable, KeyUnknown
from keywright.features.keys.policy import (
    KeyState,
    replaced,
    retirement,
    signer,
    state,
    verifiers,
    wants_another,
)
from keywright.features.keys.store import KeyStore
from keywright.features.keys.types import StoredKey
from keywright.shared.clock import Now
from keywright.shared.jwt import (
    KeyRing,
    SigningKey,
    export_private,
    generate_key,
    import_private,
)
from keywright.shared.vault import SealBroken, Vault

STAGED_FOR = timedelta(minutes=10)
"""Longer than verifiers keep a key set, so that they know a key before it signs."""
CLOCKS_APART = timedelta(minutes=1)
"""How far a key that signs at once is dated back: it is due on every server."""
TRIES = 5


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as operators see it; nothing of it is secret."""

    kid: str
    number: int
    algorithm: str
    state: KeyState
    active_at: datetime
    gone_at: datetime | None


class SigningKeys:
    """One writer wins per key number, so any number of servers may start together.

    `ring` is what requests use: it is read from memory and replaced by `load`, which
    runs at start and on a timer, never in a request.
    """

    def __init__(
        self,
        store: KeyStore,
        vault: Vault,
        *,
        algorithm: str,
        longest_life: timedelta,
        now: Now,
    ) -> None:
        """Make keys for *algorithm*; tokens live no longer than *longest_life*."""
        self._store = store
        self._vault = vault
        self._algorithm = algorithm
        self._longest_life = longest_life
        self._now = now
        self._ring: KeyRing | None = None
        self._opened: dict[str, SigningKey] = {}

    @property
    def ring(self) -> KeyRing:
        """Return the keys as last loaded; raise `KeysUnusable` before that."""
        if self._ring is None:
            message = "the signing keys are not loaded"
            raise KeysUnusable(message)
        return self._ring

    async def load(self) -> None:
        """Read the keys, making the first one, and replace the ring if it changed.

        Keys that were replaced get their end here, too, should whoever replaced them
        not have come so far.
        """
        keys = await self._store.all()
        now = self._now()
        if signer(keys, now=now) is None:
            keys = await self._add(keys, active_at=now - CLOCKS_APART)
        elif wants_another(keys, algorithm=self._algorithm, now=now):
            keys = await self._add(keys, active_at=now + STAGED_FOR)
        signing = signer(keys, now=now)
        if signing is not None:
            await self._retire(replaced(keys, by=signing), successor=signing)
        ring = self._as_ring(keys, now=now)
        if self._ring is None or not ring.same_keys(self._ring):
            self._ring = ring

    async def rotate(self) -> str:
        """Stage a new key and return its id; it signs after ten minutes.

        The keys before it verify until the last token they signed has expired.
        """
        keys = await self._store.all()
        keys = await self._add(keys, active_at=self._now() + STAGED_FOR)
        newest = keys[-1]
        await self._retire(replaced(keys, by=newest), successor=newest)
        return newest.kid

    async def revoke(self, kid: str) -> None:
        """Make a key worthless at once; if it signs or was to sign next, replace it.

        Every token it signed is refused as soon as servers reload their keys. Raise
        `KeyUnknown`.
        """
        now = self._now()
        if not await self._store.revoke(kid, now=now):
            raise KeyUnknown(kid)
        keys = await self._store.all()
        if signer(keys, now=now) is None:
            await self._add(keys, active_at=now - CLOCKS_APART)
        elif keys[-1].kid == kid:
            await self._add(keys, active_at=keys[-1].active_at)

    async def listed(self) -> list[ListedKey]:
        """Return all keys with their states, oldest first."""
        keys, now = await self._store.all(), self._now()
        return [
            ListedKey(
                kid=key.kid,
                number=key.number,
                algorithm=key.algorithm,
                state=state(key, keys, now=now),
                active_at=key.active_at,
                gone_at=key.gone_at,
            )
            for key in keys
        ]

    def resealed(self, key: StoredKey) -> str | None:
        """Return the private part sealed under the newest master; None where it is.

        Raise `SealBroken`.
        """
        return self._vault.resealed(key.private, context=key.kid.encode())

    async def _add(
        self, keys: Sequence[StoredKey], *, active_at: datetime
    ) -> Sequence[StoredKey]:
        for _ in range(TRIES):
            number = max((key.number for key in keys), default=0) + 1
            made = generate_key(self._algorithm)
            stored = StoredKey(
                number=number,
                kid=made.kid,
                algorithm=made.algorithm,
                private=self._vault.seal(
                    export_private(made), context=made.kid.encode()
                ),
                created_at=self._now(),
                active_at=active_at,
            )
            won = await self._store.add(stored)
            keys = await self._store.all()
            needed_at = max(active_at, self._now())
            if won or signer(keys, now=needed_at) is not None:
                return keys
        message = "the signing keys kept changing"
        raise KeysUnusable(message)

    async def _retire(self, keys: Sequence[StoredKey], *, successor: StoredKey) -> None:
        gone_at = retirement(successor.active_at, longest_life=self._longest_life)
        for key in keys:
            await self._store.retire(key.kid, gone_at=gone_at)

    def _as_ring(self, keys: Sequence[StoredKey], *, now: datetime) -> KeyRing:
        signing = signer(keys, now=now)
        if signing is None:
            message = "no signing key is active"
            raise KeysUnusable(message)
        verifying = verifiers(keys, now=now)
        try:
            self._opened = {
                key.private: self._open(key) for key in (signing, *verifying)
            }
        except SealBroken:
            message = "AUTH_SECRET does not open the signing keys; add the former one"
            raise KeysUnusable(message) from None
        return KeyRing(
            self._opened[signing.private],
            [self._opened[key.private] for key in verifying],
        )

    def _open(self, key: StoredKey) -> SigningKey:
        """Open *key* once: to check an RSA key takes a tenth of a second."""
        if (opened := self._opened.get(key.private)) is not None:
            return opened
        plain = self._vault.open(key.private, context=key.kid.encode())
        return import_private(key.kid, key.algorithm, plain)
