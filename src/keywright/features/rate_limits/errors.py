"""Refusals for too many requests."""

from datetime import timedelta

from keywright.shared.errors import TooManyRequests


class RateLimited(TooManyRequests):
    """Too many requests of one kind; *limit* names which."""

    def __init__(self, limit: str, wait: timedelta) -> None:
        """Ask the client to come back after *wait*."""
        super().__init__(retry_after=wait)
        self.limit = limit
