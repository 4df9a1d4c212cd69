"""Refusals about codes and mailed tokens."""

from datetime import timedelta

from keywright.shared.errors import AuthError


class CodeInvalid(AuthError):
    """The code is wrong, used, replaced, expired or tried too often.

    The client is not told which, nor whether the address is known.
    """

    code, status, title = (
        "code_invalid",
        400,
        "The code is not valid or no longer valid. Ask for a new one.",
    )


class TokenNotValid(AuthError):
    """The mailed token is wrong, used, replaced or expired; not told which."""

    code, status, title = (
        "token_invalid",
        400,
        "The token is not valid or no longer valid. Start again.",
    )


class ProofInUse(AuthError):
    """The right proof is being used by another request at this moment."""

    code, status, title = (
        "proof_in_use",
        409,
        "This code is being used by another request. Try again in half a minute.",
    )


class TooSoon(AuthError):
    """A code was sent a moment ago, or the flow cannot be sent one any more."""

    code, status, title = (
        "resend_too_soon",
        429,
        "A code was sent a moment ago. Wait before you ask for another.",
    )

    def __init__(self, wait: timedelta) -> None:
        """Ask the client to come back after *wait*."""
        super().__init__(retry_after=wait)
