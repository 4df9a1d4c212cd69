"""The documents an issuer publishes: where it is, and the keys it signs with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from keywright.features.oauth.errors import AnswerInvalid, ProviderUnavailable
from keywright.features.oauth.providers.claims import ClaimsRefused
from keywright.shared.clock import Now
from keywright.shared.fetch import Fetcher, FetchFailed
from keywright.shared.foreign_tokens import (
    FAMILIES,
    ForeignTokenInvalid,
    KeyUnknown,
    PublicKey,
    public_keys,
    read_claims,
)

FRESH = timedelta(hours=1)
AFTER_FAILURE = timedelta(seconds=5)
BETWEEN_LOOKS = timedelta(seconds=30)
DISCOVERY = "/.well-known/openid-configuration"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What discovery says of an issuer (OpenID Connect Discovery 3)."""

    authorize: str
    token: str
    userinfo: str
    jwks: str
    algorithms: Sequence[str]
    names_itself: bool
    takes_basic: bool


class Kept(Generic[T]):
    """A document of another server: one fetch at a time, the last good one kept.

    It is fetched anew after an hour; after a failure not for five seconds, so that
    those who wait do not wait one after the other.
    """

    def __init__(self, fetch: Callable[[], Awaitable[T | None]], *, now: Now) -> None:
        """Take *fetch*, which returns None when there is nothing good."""
        self._fetch = fetch
        self._now = now
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fresh_until: datetime | None = None
        self._next_look: datetime | None = None

    async def get(self) -> T:
        """Return the document, or raise `ProviderUnavailable`."""
        async with self._lock:
            if _is_over(self._fresh_until, self._now()):
                await self._renew()
            if self._value is None:
                raise ProviderUnavailable
            return self._value

    async def look(self) -> T:
        """Return the document as it is now, but look only every thirty seconds."""
        async with self._lock:
            if _is_over(self._next_look, self._now()):
                self._next_look = self._now() + BETWEEN_LOOKS
                await self._renew()
        return await self.get()

    async def _renew(self) -> None:
        fetched = await self._fetch()
        self._value = self._value if fetched is None else fetched
        wait = AFTER_FAILURE if fetched is None else FRESH
        self._fresh_until = self._now() + wait


class Issuer:
    """An issuer's metadata and keys.

    A key that is not known is looked for at once, but not more often than every thirty
    seconds: forged tokens cannot make us fetch.
    """

    def __init__(self, issuer: str, fetcher: Fetcher, *, now: Now) -> None:
        """Ask *issuer*, whose discovery must name exactly this text."""
        self._issuer = issuer
        self._fetcher = fetcher
        self._found = Kept(self._discover, now=now)
        self._keys = Kept(self._fetch_keys, now=now)

    async def metadata(self) -> Metadata:
        """Return where the issuer is, or raise `ProviderUnavailable`."""
        return await self._found.get()

    async def claims(self, token: str) -> dict[str, object]:
        """Return the claims of *token*, whose signature is this issuer's.

        Raise `AnswerInvalid` or `ProviderUnavailable`.
        """
        algorithms = (await self.metadata()).algorithms
        try:
            try:
                keys = await self._keys.get()
                return read_claims(token, keys, algorithms=algorithms)
            except KeyUnknown:
                keys = await self._keys.look()
                return read_claims(token, keys, algorithms=algorithms)
        except ForeignTokenInvalid as error:
            raise AnswerInvalid from error

    async def _fetch_keys(self) -> tuple[PublicKey, ...] | None:
        metadata = await self.metadata()
        found = await self._fetched(metadata.jwks)
        return public_keys(found) or None

    async def _discover(self) -> Metadata | None:
        found = await self._fetched(self._issuer.rstrip("/") + DISCOVERY)
        if not isinstance(found, dict) or found.get("issuer") != self._issuer:
            return None
        try:
            return self._read(found)
        except ClaimsRefused:
            return None

    async def _fetched(self, url: str) -> object:
        try:
            answer = await self._fetcher.get(url)
        except FetchFailed:
            return None
        return answer.json if answer.is_good else None

    def _read(self, found: Mapping[str, object]) -> Metadata:
        offered = found.get("id_token_signing_alg_values_supported")
        listed = offered if isinstance(offered, list) else []
        methods = found.get(
            "token_endpoint_auth_methods_supported", ["client_secret_basic"]
        )
        names_itself = found.get("authorization_response_iss_parameter_supported")
        userinfo = found.get("userinfo_endpoint")
        return Metadata(
            authorize=self._address(found.get("authorization_endpoint")),
            token=self._address(found.get("token_endpoint")),
            userinfo=self._address(userinfo) if userinfo is not None else "",
            jwks=self._address(found.get("jwks_uri")),
            algorithms=[one for one in FAMILIES if one in listed] or ["RS256"],
            names_itself=names_itself is True,
            takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
        )

    def _address(self, value: object) -> str:
        if not self._fetcher.may_reach(value):
            raise ClaimsRefused("address")
        return str(value)


def _is_over(until: datetime | None, now: datetime) -> bool:
    return until is None or until <= now
