"""A file store in memory, for tests that are about something else."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

from keywright.senders.files import checked
from keywright.shared.errors import StoreUnavailable


@dataclass(slots=True)
class Files:
    """Keeps files in a dict; fails what *is_broken* says, such as "put KEY"."""

    served_at: str = "http://127.0.0.1:9000/api/v1/auth/avatars"
    kept: dict[str, bytes] = field(default_factory=dict)
    is_broken: Callable[[str], bool] = lambda _: False
    asked: list[str] = field(default_factory=list)

    async def put(self, key: str, content: bytes, *, media_type: str) -> None:
        """Keep *content*."""
        self._ask("put", key)
        self.kept[checked(key)] = content

    async def read(self, key: str) -> bytes | None:
        """Return the content, or None."""
        self._ask("read", key)
        return self.kept.get(checked(key))

    async def delete(self, key: str) -> None:
        """Remove the file."""
        self._ask("delete", key)
        self.kept.pop(checked(key), None)

    def url(self, key: str) -> str:
        """Return the address of the file."""
        return f"{self.served_at}/{checked(key)}"

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """Yield every key; all were put long ago."""
        self._ask("names", "")
        for key in tuple(self.kept):
            yield key

    async def check(self) -> None:
        """Fail if told to."""
        self._ask("check", "")

    def _ask(self, act: str, key: str) -> None:
        self.asked.append(f"{act} {key}")
        if self.is_broken(f"{act} {key}"):
            raise StoreUnavailable
