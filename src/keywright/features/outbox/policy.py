"""When a letter is tried again, when mail is late, and how a letter waits elsewhere."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from keywright.features.outbox.types import Letter, LetterStatus

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
LATE_AFTER = timedelta(minutes=2)


def pause_after(attempts: int, *, jitter: float) -> timedelta:
    """Return the pause after *attempts* failed ones: 5 s, doubled each time.

    *jitter* from 0 to 1 spreads it over 80 to 120 percent; never more than six
    minutes.
    """
    doubled = FIRST_PAUSE * (1 << min(attempts - 1, 10))
    return min(doubled, LONGEST_PAUSE) * (0.8 + 0.4 * jitter)


def is_late(oldest: datetime | None, *, now: datetime) -> bool:
    """Say whether the *oldest* waiting letter has waited for more than two minutes."""
    return oldest is not None and now - oldest > LATE_AFTER


def as_text(letter: Letter) -> str:
    """Return *letter* as JSON, for a store that keeps it until the outbox has it."""
    times = letter.created_at.isoformat(), letter.expires_at.isoformat()
    return json.dumps(
        [letter.id.hex, letter.kind, letter.sealed, *times, letter.status]
    )


def from_text(text: str) -> Letter:
    """Return the letter that `as_text` wrote; it has not been tried yet."""
    letter_id, kind, sealed, *times, status = json.loads(text)
    created_at, expires_at = map(datetime.fromisoformat, times)
    return Letter(
        UUID(hex=letter_id), kind, sealed, created_at, expires_at, LetterStatus(status)
    )
