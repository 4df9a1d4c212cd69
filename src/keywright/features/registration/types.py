"""Who registers."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Who registers, as they say; *email* is canonical.

    *first_name* and *last_name* are None where only the *name* was asked for.
    """

    name: str
    email: str
    first_name: str | None = None
    last_name: str | None = None

    def texts(self) -> Sequence[str]:
        """Return what the person's password must not be."""
        names = (self.name, self.first_name, self.last_name)
        return [self.email, *(name for name in names if name)]
