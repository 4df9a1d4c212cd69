"""When a password is still compared with the real hash.

Two counters exist per account: one for each device its owner signed in on before, one
for all strangers together. Strangers can exhaust only their own, so they cannot lock
the owner out; a mailed code and a reset work besides. Nobody is told that a counter
is exhausted: the decoy hash is compared instead, and the answer is the usual one.
"""

from datetime import datetime, timedelta

from keywright.features.lockout.types import Failures

WINDOW = timedelta(minutes=15)
FREE_TRIES = 10
HARD_STOP = 100


def may_compare(failures: Failures, *, is_known_device: bool, now: datetime) -> bool:
    """Say whether the try that was just counted is compared with the real hash.

    Ten tries are free. After that a known device waits until the window is over; a
    stranger gets one try after a pause that doubles from two seconds to the window,
    and none after a hundred, until the owner proves the mailbox.
    """
    if not is_known_device and failures.total > HARD_STOP:
        return False
    if failures.recent <= FREE_TRIES or failures.previous_at is None:
        return True
    if is_known_device:
        return False
    return now - failures.previous_at >= pause_after(failures.recent)


def pause_after(recent: int) -> timedelta:
    """Return the pause a stranger needs before try number *recent* counts."""
    return min(WINDOW, timedelta(seconds=2 ** min(recent - FREE_TRIES, 10)))


def is_first_refused(failures: Failures) -> bool:
    """Say whether the owner should be told now that tries are being refused.

    Once per series, and not again after the hard stop: who only wants to send mails
    to the owner cannot go on.
    """
    return failures.recent == FREE_TRIES + 1 and failures.total <= HARD_STOP
