"""Files in a bucket of Amazon S3, or of anything that speaks its protocol."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from keywright.senders.files import (
    ATTACHMENT,
    CACHE_FOR_EVER,
    FileStore,
    checked,
    is_key,
    unavailable,
)
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_file_store"]

_FAILURES = (BaseError, OSError)
_OPTIONS = frozenset({"endpoint", "region", "public"})
_EXPECTED = "s3://bucket/prefix?endpoint=…&region=…&public=…, perhaps key:secret@bucket"


class ObjectFiles:
    """Keeps each file as one object; with *public* browsers fetch it from there.

    Without, the bucket stays private and we serve the files ourselves. Addresses are
    never signed: they are recorded, and a signature would expire.
    """

    def __init__(self, bucket: S3Store, base: str) -> None:
        """Keep files in *bucket*; their addresses begin with *base*."""
        self._bucket = bucket
        self._base = base

    async def put(self, key: str, content: bytes, *, media_type: str) -> None:
        """Keep *content*, whole or not at all, in place of what *key* held."""
        try:
            await self._bucket.put_async(
                checked(key),
                content,
                attributes={
                    "Content-Type": media_type,
                    "Content-Disposition": ATTACHMENT,
                    "Cache-Control": CACHE_FOR_EVER,
                },
                use_multipart=False,
            )
        except _FAILURES as error:
            raise unavailable(type(error).__name__) from None

    async def read(self, key: str) -> bytes | None:
        """Return the content, or None if there is none."""
        try:
            found = await self._bucket.get_async(checked(key))
            return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except _FAILURES as error:
            raise unavailable(type(error).__name__) from None

    async def delete(self, key: str) -> None:
        """Remove the object; it may be gone already."""
        try:
            await self._bucket.delete_async(checked(key))
        except (NotFoundError, FileNotFoundError):
            return
        except _FAILURES as error:
            raise unavailable(type(error).__name__) from None

    def url(self, key: str) -> str:
        """Return the address of the object, or ours if the bucket is private."""
        return f"{self._base}/{checked(key)}"

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """Yield the keys of objects that were put before *before*."""
        try:
            async for batch in self._bucket.list():
                for found in batch:
                    if found["last_modified"] < before and is_key(found["path"]):
                        yield found["path"]
        except _FAILURES as error:
            raise unavailable(type(error).__name__) from None

    async def check(self) -> None:
        """Ask for an object that is not there, with the rights to read."""
        await self.read("check")


def open_file_store(url: str, *, served_at: str) -> FileStore:
    """Return a store for `s3://bucket/prefix?endpoint=…&region=…&public=…`.

    Credentials stand before the bucket, `key:secret@`, or in the variables that AWS
    names (`AWS_ACCESS_KEY_ID` and so on), or come with the machine. *public* is the
    address under which the world reads the bucket.
    """
    try:
        parts = urlsplit(url)
        options = _options(parts)
        bucket = _bucket(parts, options)
    except (ValueError, BaseError):
        raise SettingsInvalid({"AUTH_FILES_URL": _EXPECTED}) from None
    return ObjectFiles(bucket, options.get("public", served_at).rstrip("/"))


def _options(parts: SplitResult) -> Mapping[str, str]:
    read = parse_qs(parts.query, keep_blank_values=True)
    options = {name: values[0] for name, values in read.items()}
    addresses = [options[name] for name in ("endpoint", "public") if name in options]
    if parts.scheme.lower() != "s3" or not parts.hostname:
        raise ValueError
    if not options.keys() <= _OPTIONS:
        raise ValueError
    if not all(one.startswith(("http://", "https://")) for one in addresses):
        raise ValueError
    return options


def _bucket(parts: SplitResult, options: Mapping[str, str]) -> S3Store:
    endpoint = options.get("endpoint", "")
    known = {
        "endpoint": endpoint.rstrip("/"),
        "region": options.get("region", ""),
        "access_key_id": unquote(parts.username or ""),
        "secret_access_key": unquote(parts.password or ""),
    }
    return S3Store(
        parts.hostname,
        prefix=parts.path.strip("/") or None,
        config={name: value for name, value in known.items() if value},  # type: ignore[arg-type] # the keys are those of S3Config
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=2),
            "timeout": timedelta(seconds=5),
        },
        retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=5)},
    )
