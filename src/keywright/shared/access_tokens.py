"""Access tokens: written, and checked from memory (RFC 9068).

The check is one function from text to claims. Verified tokens are kept by digest in a
bounded cache; their expiry is looked at on every hit, and the cache is emptied when the
keys change. Whether the session still lives is not known here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from keywright.shared.clock import Now
from keywright.shared.jwt import (
    LEEWAY,
    KeyRing,
    TokenInvalid,
    VerifyingKeys,
    read,
    write,
)
from keywright.shared.secrets import random_bytes, to_text

TYPE = "at+jwt"
CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What a valid access token says: who, in which session, until when.

    *epoch* is the user's as the session began: it is over once the user's is higher.
    """

    user_id: UUID
    session_id: UUID
    role: str
    expires_at: datetime
    auth_time: datetime
    amr: tuple[str, ...]
    epoch: int


class AccessTokenReader:
    """Checks access tokens of one issuer."""

    def __init__(
        self,
        ring: Callable[[], VerifyingKeys],
        *,
        issuer: str,
        now: Now,
        audience: str | None = None,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        """Use the keys that *ring* returns; *audience* is the issuer unless given."""
        self._keys = ring
        self._issuer = issuer
        self._audience = audience or issuer
        self._now = now
        self._cache: dict[bytes, AccessClaims] = {}
        self._cache_size = cache_size
        self._cached_ring: VerifyingKeys | None = None

    def read(self, token: str) -> AccessClaims:
        """Return the claims of a valid *token*, or raise `TokenInvalid`."""
        ring = self._keys()
        if ring is not self._cached_ring:
            self._cache.clear()
            self._cached_ring = ring
        try:
            key = blake2b(token.encode("ascii"), digest_size=16).digest()
        except UnicodeEncodeError:
            raise TokenInvalid("form") from None
        now = self._now()
        known = self._cache.get(key)
        if known is not None:
            if now >= known.expires_at + LEEWAY:
                raise TokenInvalid("exp")
            return known
        claims = self._check(token, ring, now)
        if len(self._cache) >= self._cache_size:
            self._cache.pop(next(iter(self._cache)))
        self._cache[key] = claims
        return claims

    def _check(self, token: str, ring: VerifyingKeys, now: datetime) -> AccessClaims:
        claims = read(
            token,
            typ=TYPE,
            ring=ring,
            now=now,
            issuer=self._issuer,
            audience=self._audience,
            required=("sub", "sid", "jti", "role"),
        )
        amr = claims.get("amr", ())
        if not isinstance(amr, list) or not all(isinstance(one, str) for one in amr):
            raise TokenInvalid("amr")
        try:
            return AccessClaims(
                user_id=UUID(str(claims["sub"])),
                session_id=UUID(str(claims["sid"])),
                role=str(claims["role"]),
                expires_at=_instant(claims["exp"]),
                auth_time=_instant(claims["auth_time"]),
                amr=tuple(amr),
                epoch=_number(claims["epoch"]),
            )
        except (ValueError, KeyError, OverflowError, OSError):
            raise TokenInvalid("claims") from None


class AccessTokens(AccessTokenReader):
    """Writes and checks access tokens of one issuer."""

    def __init__(
        self,
        ring: Callable[[], KeyRing],
        *,
        issuer: str,
        lifetime: timedelta,
        now: Now,
        audience: str | None = None,
        cache_size: int = CACHE_SIZE,
    ) -> None:
        """Use the keys that *ring* returns; *audience* is the issuer unless given."""
        super().__init__(
            ring, issuer=issuer, now=now, audience=audience, cache_size=cache_size
        )
        self._ring = ring
        self._lifetime = lifetime

    def write(
        self,
        user_id: UUID,
        session_id: UUID,
        *,
        role: str,
        auth_time: datetime,
        amr: Sequence[str],
        epoch: int,
        now: datetime,
        session_ends_at: datetime,
    ) -> str:
        """Return a signed access token; it holds no address and no profile.

        It never outlives its session's absolute end.
        """
        issued = int(now.timestamp())
        expires = min(now + self._lifetime, session_ends_at)
        claims: dict[str, object] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": to_text(random_bytes(16)),
            "iat": issued,
            "nbf": issued,
            "exp": int(expires.timestamp()),
            "auth_time": int(auth_time.timestamp()),
            "amr": list(amr),
            "role": role,
            "epoch": epoch,
        }
        return write(claims, typ=TYPE, key=self._ring().signing)


def _instant(value: object) -> datetime:
    return datetime.fromtimestamp(_number(value), UTC)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TokenInvalid("claims")
    return value
