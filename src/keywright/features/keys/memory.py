"""Signing keys in this process's memory: nothing survives it, so for tests only."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from keywright.features.keys.types import StoredKey


class Keys:
    """Signing keys by number."""

    def __init__(self) -> None:
        self._keys: dict[int, StoredKey] = {}

    async def add(self, key: StoredKey) -> bool:
        if key.number in self._keys or self._by_kid(key.kid) is not None:
            return False
        self._keys[key.number] = key
        return True

    async def all(self) -> Sequence[StoredKey]:
        return [self._keys[number] for number in sorted(self._keys)]

    async def retire(self, kid: str, *, gone_at: datetime) -> bool:
        key = self._by_kid(kid)
        if key is None or key.gone_at is not None:
            return False
        self._keys[key.number] = replace(key, gone_at=gone_at)
        return True

    async def revoke(self, kid: str, *, now: datetime) -> bool:
        key = self._by_kid(kid)
        if key is None or key.revoked_at is not None:
            return False
        self._keys[key.number] = replace(key, revoked_at=now)
        return True

    async def replace_private(self, kid: str, *, old: str, new: str) -> bool:
        key = self._by_kid(kid)
        if key is None or key.private != old:
            return False
        self._keys[key.number] = replace(key, private=new)
        return True

    async def purge(self, *, before: datetime) -> int:
        gone = [
            key.number
            for key in self._keys.values()
            if key.gone_at is not None and key.gone_at < before
        ]
        for number in gone:
            del self._keys[number]
        return len(gone)

    def _by_kid(self, kid: str) -> StoredKey | None:
        return next((key for key in self._keys.values() if key.kid == kid), None)
