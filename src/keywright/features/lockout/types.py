"""Tries at one account, and the failures of one way into it."""

from dataclasses import dataclass
from datetime import datetime

from keywright.shared.client_address import UNKNOWN


@dataclass(frozen=True, slots=True)
class Try:
    """A password that is tried.

    *account* is the canonical address, whether it exists or not; *device* is the id
    of a known device, or None for a stranger's. *client* is the address a stranger's
    try comes from.
    """

    account: str
    device: str | None
    client: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class Failures:
    """Tries under one key, the one just counted included.

    *recent* counts those since the last pause of the documented window, *total* all
    since the last `clear`. *previous_at* is when the one before was counted.
    """

    recent: int
    total: int
    previous_at: datetime | None


@dataclass(frozen=True, slots=True)
class Admission:
    """What becomes of a try: compared with the real hash or with the decoy.

    *tell_owner* is true once per series of tries, when refusing begins.
    """

    may_compare: bool
    tell_owner: bool
