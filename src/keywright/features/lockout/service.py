"""Counts tries per account and device, and knows the devices."""

from collections.abc import Sequence
from hmac import compare_digest
from uuid import UUID

from keywright.features.lockout.policy import WINDOW, is_first_refused, may_compare
from keywright.features.lockout.store import FailureStore
from keywright.features.lockout.types import Admission
from keywright.shared.clock import Now
from keywright.shared.secrets import from_text, mac, random_bytes, to_text

DEVICE_BYTES = 16


class KnownDevices:
    """Makes and checks the cookie that tells an owner's device from a stranger's.

    It is a MAC over user, device and epoch: worthless once the epoch has moved.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Sign with the first of *keys*, accept all."""
        self._keys = tuple(keys)

    def issue(self, user_id: UUID, epoch: int, *, device: str | None = None) -> str:
        """Return a cookie for a new device, or for *device* if it is known."""
        device_id = from_text(device) if device else random_bytes(DEVICE_BYTES)
        proof = self._proof(self._keys[0], device_id, user_id, epoch)
        return f"{to_text(device_id)}.{to_text(proof)}"

    def recognise(self, cookie: str | None, user_id: UUID, epoch: int) -> str | None:
        """Return the device's id if *cookie* was issued for this user and epoch."""
        if cookie is None:
            return None
        device, _, proof = cookie.partition(".")
        try:
            device_id, sent = from_text(device), from_text(proof)
        except ValueError:
            return None
        proofs = (self._proof(key, device_id, user_id, epoch) for key in self._keys)
        known = any(compare_digest(sent, expected) for expected in proofs)
        return device if known else None

    @staticmethod
    def _proof(key: bytes, device_id: bytes, user_id: UUID, epoch: int) -> bytes:
        return mac(key, user_id.bytes, device_id, epoch.to_bytes(8, "big"))


class Lockout:
    """Tries per (account, device): counted before the password is checked."""

    def __init__(self, store: FailureStore, key: bytes, *, now: Now) -> None:
        """Count in *store* under keys made with *key*."""
        self._store = store
        self._key = key
        self._now = now

    async def admit(self, account: str, device: str | None) -> Admission:
        """Count one try and say whether the real hash may be compared.

        *account* is the canonical address, whether it exists or not; *device* is the
        id of a known device, or None for a stranger's.
        """
        now = self._now()
        failures = await self._store.count(
            self._key_of(account, device), window=WINDOW, now=now
        )
        return Admission(
            may_compare=may_compare(
                failures, is_known_device=device is not None, now=now
            ),
            tell_owner=is_first_refused(failures),
        )

    async def passed(self, account: str, device: str | None) -> None:
        """Take the try back: it was right. Strangers' other tries stay counted."""
        key = self._key_of(account, device)
        await (self._store.forgive(key) if device is None else self._store.clear(key))

    async def clear(self, account: str) -> None:
        """Forget the strangers' tries: the owner proved the mailbox."""
        await self._store.clear(self._key_of(account, None))

    def _key_of(self, account: str, device: str | None) -> bytes:
        parts = ("known", device) if device else ("stranger", "")
        return mac(self._key, account.encode(), *(part.encode() for part in parts))
