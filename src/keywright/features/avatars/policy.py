"""Which pictures are taken, and what they become."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from keywright.features.rate_limits.types import Limit
from keywright.features.users.policy import AVATAR_EDGES
from keywright.shared.picture_outline import Outline

UPLOADS: Final = Limit("uploads", 10, timedelta(minutes=15))
FORMATS: Final[Mapping[str, str]] = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
}
MOST_PIXELS: Final = 25_000_000
LONGEST_EDGE: Final = 10_000
MOST_FRAMES: Final = 100
MOST_SCANS: Final = 100
_STORED = re.compile(rf"[0-9a-f]{{32}}-({'|'.join(map(str, AVATAR_EDGES))})\.webp")
_ACTIVE = re.compile(
    rb"\A/\*|<script|<html|<!doctype|<svg|<iframe|<body|<\?php|%pdf-|pk\x03\x04",
    re.IGNORECASE,
)


def is_acceptable(outline: Outline, media_type: str) -> bool:
    """Say whether a file of this *outline*, called *media_type*, may be decoded.

    It must be what it is called; its pixels and rows must fit into memory, its frames
    and scans into time; and what is no pixel must not be code for somebody else (ASVS
    V5.2.2, V5.2.6).
    """
    return (
        FORMATS.get(media_type) == outline.format
        and 0 < outline.width * outline.height <= MOST_PIXELS
        and max(outline.width, outline.height) <= LONGEST_EDGE
        and outline.frames <= MOST_FRAMES
        and outline.scans <= MOST_SCANS
        and not any(_ACTIVE.search(note) for note in outline.notes)
    )


def file_name(key: str, edge: int) -> str:
    """Return the name of the square of *edge* pixels of the avatar *key*."""
    return f"{key}-{edge}.webp"


def key_of(name: str) -> str:
    """Return the key of the avatar that the file *name* belongs to."""
    return name.partition("-")[0]


def is_file_name(name: str) -> bool:
    """Say whether *name* is one that `file_name` gives."""
    return _STORED.fullmatch(name) is not None
