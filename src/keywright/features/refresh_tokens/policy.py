"""What may be done with a refresh token.

A refresh token is used once: showing it gives its successor. Two things make plain
rotation unusable. An answer gets lost, and the client shows the old token again; two
tabs wake up together and both show the same token. Both look like theft, and logging
the user out for them is the commonest bug of this field. RFC 9700 section 4.14.2 asks
for the detection, FAPI 2.0 for the tolerance; the answers in use each have a hole: a
predecessor honoured without a limit lets a thief follow in lockstep, a new pair per
retry forks the family, a stored answer is a secret in the store and a second row.

Here the successor is *computed*: its `jti` is an HMAC of the presented `jti`. The row
holds the digests of the newest token and of the one before it, and when the rotation
happened. So:

- the newest token rotates, by one compare-and-set on one row. However many show it at
  once, one wins, and the others are from then on showing the predecessor;
- the predecessor, shown inside the retry window, is answered with the same successor,
  byte for byte: its times come from the row. Nothing is written, no fork can exist;
- anything older is theft, or a client that waited too long. The family ends, whoever
  of the two is the thief, and the owner is told;
- a token that was issued after the row's last rotation, yet is not the newest, means
  that the store lost a write that had been acknowledged. That is no theft: the family
  ends without alarming its owner.

A family that ends is marked, not deleted, until its absolute expiry: else a reused
token would look unknown. A token whose signature is wrong never gets here, so nobody
can end a session by naming its id.
"""

from datetime import datetime, timedelta
from hmac import compare_digest

from keywright.features.refresh_tokens.types import Presented, RefreshFamily, Verdict


def judge(
    family: RefreshFamily,
    presented: Presented,
    *,
    epoch: int,
    now: datetime,
    window: timedelta,
) -> Verdict:
    """Say what may be done with *presented*, a token whose signature was right.

    *epoch* is the user's. The family's user is compared, because otherwise the signing
    key and a session of one's own would be a token for somebody else.
    """
    live = family.revoked_at is None and now < expiry(family)
    if not live or family.user_id != presented.user_id or family.epoch != epoch:
        return Verdict.ENDED
    if compare_digest(presented.digest, family.current_digest):
        return Verdict.ROTATE
    if compare_digest(presented.digest, family.previous_digest):
        inside = bool(window) and now - family.rotated_at <= window
        return Verdict.RETRY if inside else Verdict.REUSED
    lost = presented.issued_at > family.rotated_at
    return Verdict.LOST_WRITE if lost else Verdict.REUSED


def expiry(family: RefreshFamily) -> datetime:
    """Return when the family ends by itself: the nearer of its two limits."""
    return min(family.idle_expires_at, family.expires_at)
