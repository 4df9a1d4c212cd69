"""The form of refresh tokens: a signed JWT whose `jti` is the secret.

The successor of a token is computed from it: HMAC-SHA-256 under another key. The store
keeps digests of the `jti` only, and the signing key knows no `jti`, so neither alone
makes a token; the token alone does not give its successor.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from keywright.shared.jwt import KeyRing, TokenInvalid, read, shared_key, write
from keywright.shared.secrets import from_text, mac, random_bytes, to_text

TYPE = "rt+jwt"
JTI_BYTES = 32


@dataclass(frozen=True, slots=True)
class ReadToken:
    """A refresh token whose signature is right."""

    session_id: UUID
    user_id: UUID
    jti: bytes = field(repr=False)
    issued_at: datetime
    amr: tuple[str, ...]


class RotatingTokens:
    """Writes and reads refresh tokens, and computes successors."""

    def __init__(
        self, *, signing_keys: Sequence[bytes], successor_keys: Sequence[bytes]
    ) -> None:
        """Sign with the first of *signing_keys*; both are ordered newest first."""
        keys = [shared_key(key) for key in signing_keys]
        self._ring = KeyRing(keys[0], keys)
        self._successor_keys = tuple(successor_keys)

    def first_jti(self) -> bytes:
        """Return the 256 random bits a family begins with."""
        return random_bytes(JTI_BYTES)

    def successors(self, jti: bytes) -> list[bytes]:
        """Return the `jti` that follows *jti*, by the newest key and by former ones."""
        return [mac(key, jti) for key in self._successor_keys]

    def write(
        self,
        session_id: UUID,
        user_id: UUID,
        jti: bytes,
        *,
        issued_at: datetime,
        expires_at: datetime,
        amr: Sequence[str],
    ) -> str:
        """Return the token; the same arguments give the same bytes."""
        claims: dict[str, object] = {
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": to_text(jti),
            "iat": int(issued_at.timestamp()),
            "exp": int(expires_at.timestamp()),
            "amr": list(amr),
        }
        return write(claims, typ=TYPE, key=self._ring.signing)

    def read(self, token: str, *, now: datetime | None) -> ReadToken:
        """Return what *token* says, or raise `TokenInvalid`.

        Without *now* the times are not looked at: enough for signing out.
        """
        claims = read(
            token, typ=TYPE, ring=self._ring, now=now, required=("sub", "sid", "jti")
        )
        amr = claims.get("amr")
        issued = claims["iat"]
        if not isinstance(amr, list) or not isinstance(issued, int):
            raise TokenInvalid("claims")
        try:
            jti = from_text(str(claims["jti"]))
            return ReadToken(
                session_id=UUID(str(claims["sid"])),
                user_id=UUID(str(claims["sub"])),
                jti=jti,
                issued_at=datetime.fromtimestamp(issued, UTC),
                amr=tuple(str(one) for one in amr),
            )
        except (ValueError, OverflowError):
            raise TokenInvalid("claims") from None
