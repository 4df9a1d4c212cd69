"""Files at Cloudinary: signed requests, without the vendor's library."""

import hashlib
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from httpx2 import AsyncClient, HTTPError, Timeout

from keywright.senders.files import FileStore, checked, is_key, unavailable
from keywright.shared.clock import utc_now
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_file_store"]

_TIMEOUT = Timeout(5.0, connect=2.0)
_MOST = 1024 * 1024
_MISSING = 404


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are there; *api* and *delivery* are where requests and browsers go."""

    cloud: str
    key: str
    secret: str = field(repr=False)
    api: str = "https://api.cloudinary.com"
    delivery: str = "https://res.cloudinary.com"
    folder: str = ""


class CloudinaryFiles:
    """Keeps each file as an image that Cloudinary delivers to the world."""

    def __init__(self, account: Account) -> None:
        """Keep files in *account*."""
        self._account = account
        self._context: ssl.SSLContext | None = None

    async def put(self, key: str, content: bytes, *, media_type: str) -> None:
        """Keep *content*, whole or not at all, in place of what *key* held."""
        members = self._signed({"public_id": self._public_id(key), "overwrite": "true"})
        await self._post("upload", members, {"file": (key, content, media_type)})

    async def read(self, key: str) -> bytes | None:
        """Return the content as it is delivered, or None if there is none."""
        content = bytearray()
        try:
            async with (
                self._client() as client,
                client.stream("GET", self.url(key)) as answer,
            ):
                if answer.status_code == _MISSING:
                    return None
                if not answer.is_success:
                    raise unavailable(answer.status_code)
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > _MOST:
                        raise unavailable("the file is too large to be one of ours")
        except HTTPError as error:
            raise unavailable(type(error).__name__) from None
        return bytes(content)

    async def delete(self, key: str) -> None:
        """Remove the image, also from the caches; it may be gone already."""
        members = {"public_id": self._public_id(key), "invalidate": "true"}
        await self._post("destroy", self._signed(members))

    def url(self, key: str) -> str:
        """Return the address from which browsers fetch the image."""
        account = self._account
        place = f"{account.delivery}/{account.cloud}/image/upload"
        return f"{place}/{account.folder}{checked(key)}"

    async def names(self, *, before: datetime) -> AsyncIterator[str]:
        """Yield the keys of images that were put before *before*."""
        cursor = ""
        while True:
            page = await self._page(cursor)
            for image in page["resources"]:
                name = f"{image['public_id']}.{image['format']}"
                key = name.removeprefix(self._account.folder)
                if datetime.fromisoformat(image["created_at"]) < before and is_key(key):
                    yield key
            cursor = page.get("next_cursor", "")
            if not cursor:
                return

    async def check(self) -> None:
        """Ask whether the account is known."""
        account = self._account
        address = f"{account.api}/v1_1/{account.cloud}/ping"
        try:
            async with self._client() as client:
                answer = await client.get(address, auth=(account.key, account.secret))
        except HTTPError as error:
            raise unavailable(type(error).__name__) from None
        if not answer.is_success:
            raise unavailable(answer.status_code)

    async def _page(self, cursor: str) -> dict[str, Any]:
        """Return one page of the account's images, those of the folder."""
        account = self._account
        asked = {"prefix": account.folder, "max_results": "500", "next_cursor": cursor}
        try:
            async with self._client() as client:
                answer = await client.get(
                    f"{account.api}/v1_1/{account.cloud}/resources/image/upload",
                    params={name: value for name, value in asked.items() if value},
                    auth=(account.key, account.secret),
                )
            page = answer.json() if answer.is_success else None
        except (HTTPError, ValueError) as error:
            raise unavailable(type(error).__name__) from None
        if not isinstance(page, dict) or not isinstance(page.get("resources"), list):
            raise unavailable(answer.status_code)
        return page

    def _public_id(self, key: str) -> str:
        return f"{self._account.folder}{checked(key).rpartition('.')[0] or key}"

    def _signed(self, members: Mapping[str, str]) -> dict[str, str]:
        """Return *members* with the time, and a signature over all of them.

        SHA-256 of the sorted members and the secret, as the vendor defines it.
        """
        signed = {**members, "timestamp": str(int(utc_now().timestamp()))}
        text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
        digest = hashlib.sha256(f"{text}{self._account.secret}".encode())
        return {**signed, "api_key": self._account.key, "signature": digest.hexdigest()}

    async def _post(
        self,
        act: str,
        members: Mapping[str, str],
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> None:
        address = f"{self._account.api}/v1_1/{self._account.cloud}/image/{act}"
        try:
            async with (
                self._client() as client,
                client.stream("POST", address, data=members, files=files) as answer,
            ):
                status, is_done = answer.status_code, answer.is_success
        except HTTPError as error:
            raise unavailable(type(error).__name__) from None
        if not is_done:
            raise unavailable(status)

    def _client(self) -> AsyncClient:
        self._context = self._context or ssl.create_default_context()
        return AsyncClient(
            verify=self._context, timeout=_TIMEOUT, follow_redirects=False
        )


def open_file_store(url: str, *, served_at: str) -> FileStore:  # noqa: ARG001 - a slot's signature
    """Return a store for `cloudinary://key:secret@cloud/folder`.

    `?api=https://…` names another region's address, `?delivery=https://…` a host of
    your own in front of the images.
    """
    try:
        account = _account(url)
    except ValueError:
        expected = "cloudinary://key:secret@cloud, with /folder, ?api=… and ?delivery=…"
        raise SettingsInvalid({"AUTH_FILES_URL": expected}) from None
    return CloudinaryFiles(account)


def _account(url: str) -> Account:
    parts = urlsplit(url)
    read = parse_qs(parts.query, keep_blank_values=True)
    options = {name: values[0].rstrip("/") for name, values in read.items()}
    cloud = parts.netloc.rpartition("@")[2]
    if parts.scheme.lower() != "cloudinary" or not cloud:
        raise ValueError
    if not parts.username or not parts.password:
        raise ValueError
    if not options.keys() <= {"api", "delivery"}:
        raise ValueError
    if not all(one.startswith(("http://", "https://")) for one in options.values()):
        raise ValueError
    folder = parts.path.strip("/")
    return Account(
        cloud=cloud,
        key=unquote(parts.username),
        secret=unquote(parts.password),
        folder=f"{folder}/" if folder else "",
        **options,
    )
