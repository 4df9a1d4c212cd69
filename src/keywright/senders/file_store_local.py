"""Files in a folder of this machine."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from keywright.senders.files import FileStore, checked, is_key, unavailable
from keywright.shared.secrets import random_bytes
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_file_store"]

PART = ".part"


class LocalFiles:
    """Keeps files in one folder that only this user may read.

    A file is written beside its place, synced and renamed, so that nobody ever reads
    half of it and a crash leaves at most a `.part` that is never served.
    """

    def __init__(self, folder: Path, served_at: str) -> None:
        """Keep files in *folder*, which is made when the first one comes."""
        self._folder = folder
        self._served_at = served_at

    async def put(self, key: str, content: bytes, *, media_type: str) -> None:  # noqa: ARG002 - the route that serves it fixes the type
        """Keep *content*, whole or not at all, in place of what *key* held."""
        try:
            await asyncio.to_thread(self._write, checked(key), content)
        except OSError as error:
            raise unavailable(error.strerror) from None

    async def read(self, key: str) -> bytes | None:
        """Return the content, or None if there is none."""
        path = self._folder / checked(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unavailable(error.strerror) from None

    async def delete(self, key: str) -> None:
        """Remove the file; it may be gone already."""
        path = self._folder / checked(key)
        try:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        except OSError as error:
            raise unavailable(error.strerror) from None

    def url(self, key: str) -> str:
        """Return the address at which we serve the file ourselves."""
        return f"{self._served_at}/{checked(key)}"

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """Yield the keys of files that were put before *before*.

        Halves of files that a crash left before then are removed.
        """
        try:
            found = await asyncio.to_thread(self._older_than, before.timestamp())
        except OSError as error:
            raise unavailable(error.strerror) from None
        for name in found:
            yield name

    async def check(self) -> None:
        """Look whether a file could be written."""
        try:
            await asyncio.to_thread(self._look)
        except OSError as error:
            raise unavailable(error.strerror) from None

    def _write(self, key: str, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{random_bytes(8).hex()}{PART}"
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / key)
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            part.unlink(missing_ok=True)

    def _older_than(self, moment: float) -> list[str]:
        names = []
        for path in self._folder.glob("*") if self._folder.exists() else ():
            # Another process may have removed it meanwhile.
            with contextlib.suppress(FileNotFoundError):
                if path.lstat().st_mtime >= moment:
                    continue
                if path.name.startswith(".") and path.suffix == PART:
                    path.unlink(missing_ok=True)
                elif is_key(path.name):
                    names.append(path.name)
        return names

    def _look(self) -> None:
        """Raise OSError unless the folder, or where it would be made, is writable."""
        whole = self._folder.absolute()
        place = next(one for one in (whole, *whole.parents) if one.exists())
        if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
            raise PermissionError(0, "the folder cannot be written")


def open_file_store(url: str, *, served_at: str) -> FileStore:
    """Return a store in the folder DIR of `file:DIR`."""
    scheme, _, path = unquote(url).partition(":")
    if path.startswith("//"):
        path = path.removeprefix("//").removeprefix("localhost")
    if scheme.lower() != "file" or not path:
        expected = "file:DIR, the folder to keep files in"
        raise SettingsInvalid({"AUTH_FILES_URL": expected})
    return LocalFiles(Path(path), served_at)
