"""When a password is still compared with the real hash.

Two counters exist per account: one for each device its owner signed in on before, one
for all strangers together. Strangers can exhaust only their own, so they cannot lock
the owner out; a mailed code and a reset work besides. Where nothing is mailed that
could lift a stop there is none: strangers are counted by their network as well, and
that of the owner always has tries. Nobody is told that a counter is exhausted: the
decoy hash is compared instead, and the answer is the usual one.
"""

from datetime import datetime, timedelta

from keywright.features.lockout.types import Failures

WINDOW = timedelta(minutes=15)
FREE_TRIES = 10
HARD_STOP = 100
FEW_TRIES = 3


def may_compare(failures: Failures, *, is_known_device: bool, now: datetime) -> bool:
    """Say whether the try that was just counted is compared with the real hash.

    Ten tries are free. After that a known device waits until the window is over; a
    stranger gets one try after a pause that doubles from two seconds to the window,
    and none after a hundred, until the owner proves the mailbox.
    """
    if is_known_device:
        return failures.recent <= FREE_TRIES
    return failures.total <= HARD_STOP and _has_paused(failures, now=now)


def may_compare_without_stop(
    account: Failures, network: Failures, *, now: datetime
) -> bool:
    """Say the same of a stranger's try where no owner can lift a stop.

    *account* counts what all strangers tried, *network* what those of this try's
    network did, and only the latter makes it wait: no other network can use its tries
    up. After a hundred of *account* a network has three in each window instead of ten.
    """
    if account.total > HARD_STOP:
        return network.recent <= FEW_TRIES
    return _has_paused(network, now=now)


def _has_paused(failures: Failures, *, now: datetime) -> bool:
    if failures.recent <= FREE_TRIES or failures.previous_at is None:
        return True
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
