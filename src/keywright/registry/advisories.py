"""Known holes in what older versions copied: what `doctor` compares a lock with.

An entry is added with the release that closes the hole, and stays for ever.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Advisory:
    """A hole: its *name*, what it is *about*, and the version *fixed_in*.

    Copies with a file whose module path ends in *module* are concerned, such as
    `shared.jwt`, unless *module* is empty: then all.
    """

    name: str
    about: str
    fixed_in: str
    module: str = ""


ADVISORIES: Final[tuple[Advisory, ...]] = ()
"""Every known hole; none so far."""
