"""What a picture file says of itself, and what is not part of it."""

import struct

import pytest
from PIL import Image

from keywright.shared.picture_outline import NotAPicture, outline_of
from tests.pictures import (
    HTML,
    PNG_SIGNATURE,
    animated,
    chunk,
    exif,
    jpeg_of_scans,
    jpeg_script,
    jpeg_with,
    opened,
    picture,
    png_claiming,
    png_with,
    riff,
    webp_claiming,
    webp_with,
    written,
)

FORMATS = ("PNG", "JPEG", "WEBP")
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
END = chunk(b"IEND")


@pytest.mark.parametrize("form", FORMATS)
def test_the_size_is_known_without_decoding(form: str) -> None:
    outline = outline_of(picture(form, size=(123, 45)))

    assert (outline.format, outline.width, outline.height) == (form, 123, 45)
    assert outline.frames == 1


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": exif()}])
def test_every_kind_of_webp_says_its_size(options: dict[str, object]) -> None:
    image = Image.new("RGB", (123, 45))

    outline = outline_of(written(image, "WEBP", **options))

    assert (outline.width, outline.height) == (123, 45)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_the_frames_of_a_moving_picture_are_counted(form: str) -> None:
    content = animated(form, 5)

    assert outline_of(content).frames == getattr(opened(content), "n_frames", 1) > 1


def test_the_scans_of_a_progressive_picture_are_counted() -> None:
    once = outline_of(jpeg_of_scans(1)).scans

    assert once > 1
    assert outline_of(jpeg_of_scans(40)).scans == once + 39


def test_pictures_behind_a_picture_are_its_frames() -> None:
    outline = outline_of(picture("JPEG", size=(20, 10)) + picture("JPEG"))

    assert (outline.frames, outline.width, outline.height) == (2, 20, 10)


def test_zeros_behind_a_jpeg_are_nothing() -> None:
    assert outline_of(picture("JPEG") + bytes(7)).frames == 1


@pytest.mark.parametrize(
    "content",
    [png_with(b"tEXt", HTML), jpeg_with(0xFE, HTML), webp_with(b"XMP ", HTML)],
)
def test_what_is_no_pixel_is_noted(content: bytes) -> None:
    assert any(HTML in note for note in outline_of(content).notes)


def test_the_length_of_the_first_segment_is_noted() -> None:
    assert outline_of(jpeg_script()).notes[0].startswith(b"/*")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("more", [b"\1", b"PK\x03\x04", HTML, b"\xff\xd9"])
def test_nothing_may_follow_the_picture(form: str, more: bytes) -> None:
    with pytest.raises(NotAPicture):
        outline_of(picture(form) + more)


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_without_its_end_is_none(form: str) -> None:
    whole = picture(form)
    for length in range(len(whole)):
        with pytest.raises(NotAPicture):
            outline_of(whole[:length])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        PNG_SIGNATURE + END,
        PNG_SIGNATURE + HEADER,
        PNG_SIGNATURE + HEADER + HEADER + END,
        PNG_SIGNATURE + HEADER + END + END,
        PNG_SIGNATURE + chunk(b"IHDR", b"short") + END,
        PNG_SIGNATURE + chunk(b"tEXt", b"a") + HEADER + END,
        PNG_SIGNATURE + struct.pack(">I", 2**32 - 1) + b"IHDR",
        b"\xff\xd8\xff\xff\xff",
        b"\xff\xd8\xff\xe0\x00\x01",
        b"\xff\xd8\xff\xe0\xff\xff",
        b"\xff\xd8\xff\xe0\x00\x02xx",
        b"\xff\xd8\xff\xda\x00\x02" + bytes(100),
        riff(b""),
        riff(b"VP8 \x04\x00\x00\x00abcd"),
        riff(b"ALPH" + struct.pack("<I", 10) + bytes(10)),
        riff(b"VP8 \xff\xff\xff\x7f" + bytes(10)),
        riff(b"VP8"),
    ],
)
def test_a_container_that_breaks_its_own_rules_is_no_picture(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        outline_of(content)


def test_restarts_and_fill_bytes_are_part_of_a_jpeg() -> None:
    whole = picture("JPEG", size=(64, 64), restart_marker_blocks=1)
    filled = whole[:2] + b"\xff\x01\xff\xff" + whole[2:]

    outline = outline_of(filled)

    assert (outline.width, outline.height, outline.scans) == (64, 64, 1)


def test_a_size_is_read_as_it_is_claimed() -> None:
    png = outline_of(png_claiming(50_000, 40_000))
    webp = outline_of(webp_claiming(2**24, 3))

    assert (png.width, png.height) == (50_000, 40_000)
    assert (webp.width, webp.height) == (2**24, 3)
