"""Small documents of the authentication service, fetched within limits."""

import asyncio
from dataclasses import dataclass

from httpx2 import AsyncClient, HTTPError, InvalidURL, Response

from keywright.shared.strict_json import parse

SECONDS = 2.0
OK, NOT_MODIFIED = 200, 304


class SourceUnavailable(Exception):
    """The document could not be had; the text says why and repeats none of it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and the entity tag to ask for a change of it with."""

    content: dict[str, object]
    tag: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A JSON document at *url*: read within two seconds, and never redirected.

    One of more than *most_bytes* is refused.
    """

    client: AsyncClient
    url: str
    most_bytes: int

    async def fetch(self, tag: str | None = None) -> Fetched | None:
        """Return the document, or None if it still is the one of *tag*.

        Raise `SourceUnavailable`.
        """
        headers = {"Accept": "application/json"}
        if tag is not None:
            headers["If-None-Match"] = tag
        try:
            async with (
                asyncio.timeout(SECONDS),
                self.client.stream(
                    "GET", self.url, headers=headers, follow_redirects=False
                ) as response,
            ):
                if response.status_code == NOT_MODIFIED and tag is not None:
                    return None
                if response.status_code != OK:
                    raise SourceUnavailable(f"answered {response.status_code}")
                content = await self._read(response)
                return Fetched(_parsed(content), response.headers.get("etag"))
        except (HTTPError, InvalidURL, OSError, TimeoutError) as error:
            raise SourceUnavailable(type(error).__name__) from error

    async def _read(self, response: Response) -> bytes:
        content = bytearray()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > self.most_bytes:
                raise SourceUnavailable("is too large")
        return bytes(content)


def _parsed(content: bytes) -> dict[str, object]:
    try:
        parsed = parse(content)
    except ValueError:
        raise SourceUnavailable("is not JSON") from None
    if not isinstance(parsed, dict):
        raise SourceUnavailable("is not an object")
    return parsed
