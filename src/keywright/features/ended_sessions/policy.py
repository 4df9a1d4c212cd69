"""What is published of the sessions that have ended, and for how long."""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta

AFTER = timedelta(minutes=1)
"""Tokens are taken a little after their time: clocks differ, answers are under way."""


def kept_for(longest_life: timedelta) -> timedelta:
    """Return how long an ended session stays published.

    No access token of it is good any more by then, if none is good for longer than
    *longest_life*.
    """
    return longest_life + AFTER


def document(
    sessions: Iterable[str], users: Mapping[str, int], *, period: timedelta
) -> bytes:
    """Return what is published, in JSON: names of *sessions*, and of *users* epochs.

    The same ends give the same bytes, whoever publishes them: so servers agree on the
    entity tag.
    """
    content = {
        "keptFor": int(period.total_seconds()),
        "sessions": sorted(sessions),
        "users": dict(sorted(users.items())),
    }
    return json.dumps(content, separators=(",", ":")).encode()


def is_unchanged(if_none_match: str | None, tag: str) -> bool:
    """Say whether who sends *if_none_match* has *tag* (RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return tag in known or known == ["*"]
