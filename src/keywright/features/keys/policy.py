"""Which keys sign, verify and are published at an instant."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from keywright.features.keys.types import StoredKey


class KeyState(Enum):
    """The life of a signing key, in this order."""

    STAGED = "staged"
    """Published, not signing yet: verifiers get to know it."""
    ACTIVE = "active"
    """Signs and verifies."""
    RETIRING = "retiring"
    """Verifies only, until the last token it signed has expired."""
    GONE = "gone"
    """Verifies nothing."""


def state(key: StoredKey, keys: Sequence[StoredKey], *, now: datetime) -> KeyState:
    """Return the state of *key* among all *keys*."""
    if _is_gone(key, now=now):
        return KeyState.GONE
    if now < key.active_at:
        return KeyState.STAGED
    return KeyState.ACTIVE if key == signer(keys, now=now) else KeyState.RETIRING


def signer(keys: Sequence[StoredKey], *, now: datetime) -> StoredKey | None:
    """Return the key that signs: the newest one whose time has come.

    None if that one is revoked or gone: an older key never signs again, for it was
    replaced, perhaps for a reason, and its end is near.
    """
    due = [key for key in keys if key.active_at <= now]
    newest = max(due, key=lambda key: key.number, default=None)
    return None if newest is None or _is_gone(newest, now=now) else newest


def verifiers(keys: Sequence[StoredKey], *, now: datetime) -> list[StoredKey]:
    """Return the keys that are published and verify: all that are not gone.

    Only those of the signer's kind: shared secrets and key pairs are never used side
    by side (RFC 8725 3.1), so a change between them ends the tokens of the other kind.
    """
    signing = signer(keys, now=now)
    return [
        key
        for key in keys
        if state(key, keys, now=now) is not KeyState.GONE
        and (signing is None or _is_shared(key) == _is_shared(signing))
    ]


def wants_another(keys: Sequence[StoredKey], *, algorithm: str, now: datetime) -> bool:
    """Say whether a key for *algorithm* has to be staged, as none is on its way."""
    newest = max(keys, key=lambda key: key.number)
    return newest.algorithm != algorithm and newest.active_at <= now


def replaced(keys: Sequence[StoredKey], *, by: StoredKey) -> list[StoredKey]:
    """Return the keys that are older than *by* and whose end is not set yet."""
    return [key for key in keys if key.number < by.number and key.gone_at is None]


def retirement(successor_active_at: datetime, *, longest_life: timedelta) -> datetime:
    """Return when a key is gone: all its tokens have expired, clocks considered."""
    return successor_active_at + longest_life + timedelta(minutes=5)


def _is_gone(key: StoredKey, *, now: datetime) -> bool:
    return key.revoked_at is not None or (
        key.gone_at is not None and key.gone_at <= now
    )


def _is_shared(key: StoredKey) -> bool:
    return key.algorithm == "HS256"
