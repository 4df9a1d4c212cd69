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
    if key.revoked_at is not None or (key.gone_at is not None and key.gone_at <= now):
        return KeyState.GONE
    if now < key.active_at:
        return KeyState.STAGED
    return KeyState.ACTIVE if key == signer(keys, now=now) else KeyState.RETIRING


def signer(keys: Sequence[StoredKey], *, now: datetime) -> StoredKey | None:
    """Return the key that signs: the newest one whose time has come, or None."""
    due = [
        key
        for key in keys
        if key.revoked_at is None
        and key.active_at <= now
        and (key.gone_at is None or now < key.gone_at)
    ]
    return max(due, key=lambda key: key.number, default=None)


def verifiers(keys: Sequence[StoredKey], *, now: datetime) -> list[StoredKey]:
    """Return the keys that are published and verify: all that are not gone."""
    return [key for key in keys if state(key, keys, now=now) is not KeyState.GONE]


def retirement(successor_active_at: datetime, *, longest_life: timedelta) -> datetime:
    """Return when a key is gone: all its tokens have expired, clocks considered."""
    return successor_active_at + longest_life + timedelta(minutes=5)
