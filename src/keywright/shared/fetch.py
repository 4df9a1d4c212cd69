"""Small JSON documents of other servers: bounded in time and size, no redirects.

Every answer is another party's: nothing is followed, decompressed or trusted, and
whatever is wrong with it is one error.
"""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from httpx2 import (
    URL,
    AsyncBaseTransport,
    AsyncClient,
    AsyncHTTPTransport,
    HTTPError,
    InvalidURL,
    Limits,
    Request,
    Response,
    Timeout,
)

from keywright.shared.egress import Egress, EgressRefused
from keywright.shared.strict_json import parse

CONNECT: Final = timedelta(seconds=5)
TOTAL: Final = timedelta(seconds=10)
LARGEST: Final = 1024 * 1024
PORTS: Final = {"https": 443, "http": 80}
# Their lines quote whole addresses; some hold another party's token.
for name in ("httpx2", "httpcore2"):
    logging.getLogger(name).setLevel(logging.WARNING)
JSON: Final = ("application/json", "application/jwk-set+json")


class FetchFailed(Exception):
    """No answer in time, or none that can be used; the text says why, for logs.

    It holds no address, no token and nothing the other side wrote.
    """


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its status, and its JSON."""

    status: int
    json: object

    @property
    def is_good(self) -> bool:
        """Say whether the status is 200."""
        return self.status == 200  # noqa: PLR2004 - the one that brings a document


class PinnedTransport(AsyncBaseTransport):
    """Connects to the address that *egress* chose; the certificate is the name's.

    Connections are not kept: another name with the same address must not get one.
    """

    def __init__(self, egress: Egress, context: ssl.SSLContext) -> None:
        """Check certificates by *context*."""
        self._egress = egress
        self._inner = AsyncHTTPTransport(
            verify=context, trust_env=False, limits=Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: Request) -> Response:
        """Send *request* to one checked address of its host."""
        host, scheme = request.url.host, request.url.scheme
        self._egress.require_scheme(scheme, host)
        port = request.url.port or PORTS[scheme]
        address = await self._egress.pin(host, port)
        request.extensions = {**request.extensions, "sni_hostname": host}
        request.url = request.url.copy_with(host=address)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


class Fetcher:
    """Gets and posts; *total* bounds each call, *largest* each answer's bytes."""

    def __init__(
        self,
        egress: Egress,
        *,
        total: timedelta = TOTAL,
        largest: int = LARGEST,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Reach what *egress* allows; *context* holds further certificates."""
        self._egress = egress
        self._total = total.total_seconds()
        self._largest = largest
        self._client = AsyncClient(
            transport=PinnedTransport(egress, context or ssl.create_default_context()),
            timeout=Timeout(self._total, connect=min(CONNECT, total).total_seconds()),
            follow_redirects=False,
            trust_env=False,
            headers={
                "accept": "application/json",
                "accept-encoding": "identity",
                "user-agent": "auth",
            },
        )

    async def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        bearer: str | None = None,
    ) -> Fetched:
        """Return the document at *url*, or raise `FetchFailed`."""
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return await self._send("GET", url, params=params, headers=headers)

    async def post(
        self,
        url: str,
        *,
        form: Mapping[str, str],
        basic: tuple[str, str] | None = None,
    ) -> Fetched:
        """Return what answers *form*, or raise `FetchFailed`; never repeated."""
        return await self._send("POST", url, form=form, basic=basic)

    def may_reach(self, address: object) -> bool:
        """Say whether *address* is one that browsers and we may be sent to.

        Where its name leads is found out when it is asked for.
        """
        if not isinstance(address, str):
            return False
        try:
            url = URL(urlsplit(address).geturl())
            self._egress.require_scheme(url.scheme, url.host)
        except (InvalidURL, EgressRefused, ValueError):
            return False
        return bool(url.host) and not url.userinfo and not url.fragment

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def _send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Fetched:
        try:
            target = URL(url).copy_merge_params(params or {})
            async with (
                asyncio.timeout(self._total),
                self._client.stream(
                    method, target, headers=headers, data=form, auth=basic
                ) as answer,
            ):
                return Fetched(answer.status_code, await self._json(answer))
        except (HTTPError, InvalidURL, EgressRefused, OSError, ValueError) as error:
            raise FetchFailed(type(error).__name__) from None

    async def _json(self, answer: Response) -> object:
        if answer.is_redirect or answer.headers.get("content-encoding"):
            raise FetchFailed("redirected or compressed")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in JSON:
            raise FetchFailed("not JSON")
        content = bytearray()
        async for chunk in answer.aiter_raw():
            content += chunk
            if len(content) > self._largest:
                raise FetchFailed("too large")
        return parse(bytes(content))
