"""What a picture file says of itself, read without decoding a pixel.

Decoders skip what they do not know, which lets one file be a picture and something
else: a web page, a script, an archive. Here every byte is accounted for, so whatever
does not belong to the picture is found, and its size is known before memory is given
to it. PNG 3rd edition, ITU T.81, RFC 9649.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_PNG_PIXELS = frozenset({b"IDAT", b"fdAT", b"IEND"})
_WEBP_PIXELS = frozenset({b"VP8 ", b"VP8L", b"ANMF", b"ALPH"})
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_START_OF_SCAN, _END = 0xDA, 0xD9
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_APPLICATION = frozenset({*range(0xE0, 0xF0), 0xFE})


class NotAPicture(ValueError):
    """The bytes are no whole PNG, JPEG or WebP file, or go on after its end."""


@dataclass(slots=True)
class Outline:
    """The size in pixels, how many frames and scans, and all that is no pixel."""

    format: str
    width: int = 0
    height: int = 0
    frames: int = 1
    scans: int = 1
    notes: list[bytes] = field(default_factory=list)


def outline_of(content: bytes) -> Outline:
    """Return the outline of a picture file, or raise `NotAPicture`."""
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    raise NotAPicture


def _png(content: bytes) -> Outline:
    found, frames, last = Outline("PNG"), 0, b""
    for kind, data in _png_chunks(content):
        if last == b"IEND" or (kind == b"IHDR") != (not last):
            raise NotAPicture
        if kind == b"IHDR":
            if len(data) != 13:  # noqa: PLR2004 - as the standard says
                raise NotAPicture
            found.width, found.height = _big(data[:4]), _big(data[4:8])
        elif kind == b"fcTL":
            frames += 1
        elif kind not in _PNG_PIXELS:
            found.notes.append(data)
        last = kind
    if last != b"IEND":
        raise NotAPicture
    found.frames = max(1, frames)
    return found


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(_PNG)
    while place < len(content):
        start = place + 8
        end = start + _big(content[place : place + 4])
        if end + 4 > len(content):
            raise NotAPicture
        yield content[place + 4 : start], content[start:end]
        place = end + 4


def _jpeg(content: bytes) -> Outline:
    found, place = Outline("JPEG", frames=0, scans=0), 0
    while content[place:].strip(b"\0"):
        # Cameras put previews and depth maps behind the picture, as JPEGs again.
        place = _jpeg_image(content, place, found)
    return found


def _jpeg_image(content: bytes, place: int, found: Outline) -> int:
    """Add the image that begins at *place* to *found*, and return where it ends."""
    if content[place : place + 3] != _JPEG:
        raise NotAPicture
    found.frames += 1
    place += 2
    while True:
        marker, place = _marker(content, place)
        if marker == _END:
            return place
        if marker in _WITHOUT_LENGTH:
            continue
        end = place + _big(content[place : place + 2])
        if end < place + 2 or end > len(content):
            raise NotAPicture
        if marker in _FRAME_HEADERS and found.frames == 1:
            found.height = _big(content[place + 3 : place + 5])
            found.width = _big(content[place + 5 : place + 7])
        if marker in _APPLICATION:
            found.notes.append(content[place:end])
        place = end
        if marker == _START_OF_SCAN:
            found.scans += 1
            following = _NEXT_MARKER.search(content, place)
            if following is None:
                raise NotAPicture
            place = following.start()


def _marker(content: bytes, place: int) -> tuple[int, int]:
    if content[place : place + 1] != b"\xff":
        raise NotAPicture
    while content[place : place + 1] == b"\xff":
        place += 1
    if place >= len(content):
        raise NotAPicture
    return content[place], place + 1


def _webp(content: bytes) -> Outline:
    found, frames, first = Outline("WEBP"), 0, b""
    if _little(content[4:8]) + 8 != len(content):
        raise NotAPicture
    for kind, data in _webp_chunks(content):
        if not first:
            first = kind
            found.width, found.height = _webp_size(kind, data)
        if kind == b"ANMF":
            frames += 1
        elif kind not in _WEBP_PIXELS:
            found.notes.append(data)
    if not first:
        raise NotAPicture
    found.frames = max(1, frames)
    return found


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place < len(content):
        start = place + 8
        end = start + _little(content[place + 4 : start])
        if end > len(content):
            raise NotAPicture
        yield content[place : place + 4], content[start:end]
        place = end + end % 2


def _webp_size(kind: bytes, data: bytes) -> tuple[int, int]:
    if len(data) < 10:  # noqa: PLR2004 - the shortest header of the three
        raise NotAPicture
    if kind == b"VP8X":
        return _little(data[4:7]) + 1, _little(data[7:10]) + 1
    if kind == b"VP8L":
        bits = _little(data[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(data[6:8]) & 0x3FFF, _little(data[8:10]) & 0x3FFF
    raise NotAPicture


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
