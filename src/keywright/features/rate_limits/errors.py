"""Refusals for too many requests."""

from datetime import timedelta

from keywright.shared.errors import AuthError


class RateLimited(AuthError):
    """Too many requests of one kind; *limit* names which."""

    code, status, title = "rate_limited", 429, "Too many requests. Wait and try again."

    def __init__(self, limit: str, wait: timedelta) -> None:
        """Ask the client to come back after *wait*."""
        super().__init__(retry_after=wait)
        self.limit = limit
