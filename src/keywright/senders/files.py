"""Files that are kept outside of the database, and what keeps them."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final, Protocol

from keywright.shared.errors import StoreUnavailable

log = logging.getLogger(__name__)

CACHE_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""A key never holds other content: its name is random and used once."""

ATTACHMENT: Final = 'attachment; filename="picture"'
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class FileStore(Protocol):
    """Keeps files under random keys; each method is one atomic step.

    A key is a plain name, see `checked`; nothing that a user sent is part of it.
    Every method but `url` raises `StoreUnavailable` when the store does not answer in
    time, or refuses.
    """

    async def put(self, key: str, content: bytes, *, media_type: str) -> None:
        """Keep *content*, whole or not at all, in place of what *key* held."""

    async def read(self, key: str) -> bytes | None:
        """Return the content, or None if there is none."""

    async def delete(self, key: str) -> None:
        """Remove the file; it may be gone already."""

    def url(self, key: str) -> str:
        """Return the public address of the file."""

    def names(self, *, before: datetime) -> AsyncIterator[str]:
        """Yield the keys of files that were put before *before*, to tidy up."""

    async def check(self) -> None:
        """Ask the store for a sign that it would take a file."""


def checked(key: str) -> str:
    """Return *key*, or raise ValueError unless it is one harmless file name."""
    if not is_key(key):
        raise ValueError("a key is a file name of letters, digits, '.', '_' and '-'")
    return key


def is_key(name: str) -> bool:
    """Say whether *name* is one harmless file name."""
    return _KEY.fullmatch(name) is not None


def unavailable(reason: object) -> StoreUnavailable:
    """Return the refusal for a failing store; *reason*, without secrets, is logged."""
    log.warning("file_store_unavailable", extra={"reason": str(reason)})
    return StoreUnavailable("The store of files")
