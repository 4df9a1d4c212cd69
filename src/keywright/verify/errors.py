"""Refusals that only a verifier has."""

from datetime import timedelta

from keywright.shared.errors import AuthError

SOON = timedelta(seconds=2)


class SessionOver(AuthError):
    """The token is good, but its session has ended."""

    code, status, title = "session_ended", 401, "The session has ended. Sign in again."


class NotReady(AuthError):
    """The keys, or the sessions that have ended, were never learnt so far."""

    code, status, title = (
        "verifier_not_ready",
        503,
        "Tokens cannot be checked at the moment. Try again.",
    )

    def __init__(self) -> None:
        """Ask the client to come back in two seconds."""
        super().__init__(retry_after=SOON)


class Stale(NotReady):
    """Nothing was learnt of ended sessions for longer than is tolerated."""

    code = "verifier_stale"
