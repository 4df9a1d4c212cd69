"""How an account is given up."""

from enum import StrEnum


class DeletionKind(StrEnum):
    """Deactivated with a grace period, or gone at once."""

    SOFT = "soft"
    HARD = "hard"
