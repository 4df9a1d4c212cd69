"""The token of an Authorization header."""

from keywright.shared.errors import NotSignedIn


def bearer_of(header: str | None) -> str | None:
    """Return the token of an Authorization header, or None without one.

    Exactly `Bearer`, one space and one token (RFC 6750); else `NotSignedIn`.
    """
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token or not token.isascii():
        raise NotSignedIn
    if any(sign in token for sign in " \t,"):
        raise NotSignedIn
    return token
