"""When a challenge may still be tried, used and sent again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from keywright.features.challenges.types import RESUME_AFTER, Challenge
from keywright.features.rate_limits.types import Limit
from keywright.shared.client_address import bucket, wide_bucket


def is_open(challenge: Challenge, *, now: datetime) -> bool:
    """Say whether *challenge* can still be passed.

    A proof that was used, but whose effect was not done, opens again for the same
    proof after `RESUME_AFTER`: a crash in between costs nothing.
    """
    return (
        challenge.superseded_at is None
        and challenge.done_at is None
        and now < challenge.expires_at
        and (challenge.used_at is None or challenge.used_at + RESUME_AFTER <= now)
    )


def may_try(challenge: Challenge, *, now: datetime) -> bool:
    """Say whether one more proof may be compared.

    A used proof is still compared while its effect is outstanding, so that its user
    can be told to wait; it cannot be used meanwhile.
    """
    return (
        challenge.superseded_at is None
        and challenge.done_at is None
        and now < challenge.expires_at
        and challenge.attempts < challenge.max_attempts
    )


def may_renew(challenge: Challenge, *, now: datetime) -> bool:
    """Say whether a new code may be sent for the flow: unused and cooled down."""
    return (
        challenge.superseded_at is None
        and challenge.used_at is None
        and now < challenge.expires_at
        and challenge.resend_at <= now
    )


OTP_REQUESTS = Limit("otp-request", 6, timedelta(minutes=10))
"""Codes asked for, by client."""
OTP_TRIES = Limit("otp-verify", 6, timedelta(minutes=10))
"""Codes tried, by client."""
SENDS_BY_PAIR = Limit("sends-by-pair", 5, timedelta(hours=1))
"""Mails with a code to one address, asked for by one client."""
SENDS_BY_NETWORK = Limit("sends-by-network", 10, timedelta(hours=1))
"""Mails with a code to one address, asked for by one IPv6 /48.

Half of what an address is sent: one customer, who has that, cannot use up all of it.
"""
SENDS_BY_ADDRESS = Limit("sends-by-address", 20, timedelta(hours=1))
"""Mails with a code to one address, whoever asks; known devices count apart."""
SHORT_CODES = Limit("short-codes", 5, timedelta(days=5))
"""Codes short enough to be typed and guessed that one address is sent, over all flows.

Five at once and one more a day are never more than five in 24 hours: with five tries
each, 25 guesses. What is sent besides is too long to be guessed, so no tries have to be
refused and nobody can use up the owner's. Known devices count apart.
"""
STRANGER = "stranger"
"""Whoever is not on a device that the owner of the address signed in on before."""


def counted_sends(
    topic: str,
    address: str,
    *,
    client: str,
    device: str | None,
    cooldown: timedelta,
) -> Sequence[tuple[Limit, tuple[str, ...]]]:
    """Return by what one mail about *topic* to *address* is counted, in this order.

    *client* asks for it, or the owner's known *device*: what that asks for is counted
    apart, so that strangers cannot use it up. One refused is not counted further: no
    client and no network alone exhausts the address.
    """
    by = asker_of(client, device)
    network = wide_bucket(client) if device is None else None
    in_a_row = Limit("sends-in-a-row", 1, cooldown)
    return [
        *([(in_a_row, (topic, address, by))] if cooldown else []),
        (SENDS_BY_PAIR, (address, by)),
        *([(SENDS_BY_NETWORK, (address, network))] if network else []),
        (SENDS_BY_ADDRESS, (address, device or STRANGER)),
    ]


def asker_of(client: str, device: str | None) -> str:
    """Return who asks for a code: the owner's known *device*, else the *client*."""
    return device or bucket(client)
