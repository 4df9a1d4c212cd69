"""Counts tries per account and device, and knows the devices."""

from collections.abc import Sequence
from hmac import compare_digest
from uuid import UUID

from keywright.features.lockout.policy import (
    WINDOW,
    is_first_refused,
    may_compare,
    may_compare_without_stop,
)
from keywright.features.lockout.store import FailureStore
from keywright.features.lockout.types import Admission, Try
from keywright.shared.client_address import bucket, wide_bucket
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

    def __init__(
        self, store: FailureStore, key: bytes, *, now: Now, has_stop: bool = True
    ) -> None:
        """Count in *store* under keys made with *key*.

        *has_stop* is false where nothing calls `clear` for the owner of an account.
        """
        self._store = store
        self._key = key
        self._now = now
        self._has_stop = has_stop

    def without_stop(self) -> "Lockout":
        """Return the same lockout for where owners cannot prove their mailbox."""
        return Lockout(self._store, self._key, now=self._now, has_stop=False)

    async def admit(self, tried: Try) -> Admission:
        """Count one try and say whether the real hash may be compared."""
        now = self._now()
        counted, *of_network = [
            await self._store.count(key, window=WINDOW, now=now)
            for key in self._keys_of(tried)
        ]
        if of_network:
            compared = may_compare_without_stop(counted, of_network[0], now=now)
        else:
            is_known = tried.device is not None
            compared = may_compare(counted, is_known_device=is_known, now=now)
        return Admission(may_compare=compared, tell_owner=is_first_refused(counted))

    async def passed(self, tried: Try) -> None:
        """Take the try back: it was right. Strangers' other tries stay counted."""
        if tried.device is None:
            await self.take_back(tried)
        else:
            await self._store.clear(self._key_of(tried.account, "known", tried.device))

    async def take_back(self, tried: Try) -> None:
        """Take the try back: nothing was compared. All others stay counted."""
        for key in self._keys_of(tried):
            await self._store.forgive(key)

    async def clear(self, account: str) -> None:
        """Forget the strangers' tries: the owner proved the mailbox.

        What a network tried is forgotten by itself, within the window.
        """
        await self._store.clear(self._key_of(account, "stranger", ""))

    def _keys_of(self, tried: Try) -> list[bytes]:
        if tried.device is not None:
            return [self._key_of(tried.account, "known", tried.device)]
        keys = [self._key_of(tried.account, "stranger", "")]
        if not self._has_stop:
            network = wide_bucket(tried.client) or bucket(tried.client)
            keys.append(self._key_of(tried.account, "network", network))
        return keys

    def _key_of(self, account: str, *parts: str) -> bytes:
        return mac(self._key, account.encode(), *(part.encode() for part in parts))
