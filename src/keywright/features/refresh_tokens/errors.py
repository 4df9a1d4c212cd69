"""Refusals about refresh tokens."""

from keywright.shared.errors import AuthError


class RefreshReused(AuthError):
    """An older token of the family was presented outside the retry window."""

    code, status, title = (
        "refresh_reused",
        401,
        "This session was ended for your safety. Sign in again.",
    )


class RefreshContested(AuthError):
    """The row kept changing while it was read; nothing was decided."""

    code, status, title = "refresh_contested", 503, "Try the refresh again."


class RefreshMissing(AuthError):
    """There is no refresh token, or none that is good; nothing was changed.

    The client is not told what is wrong with the one it sent.
    """

    code, status, title = "refresh_invalid", 401, "Sign in to continue."
