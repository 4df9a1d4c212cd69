"""Which pictures are taken, and what they are called."""

import pytest

from keywright.features.avatars.policy import (
    LONGEST_EDGE,
    MOST_FRAMES,
    MOST_PIXELS,
    MOST_SCANS,
    file_name,
    is_acceptable,
    is_file_name,
)
from keywright.shared.picture_outline import Outline

KEY = "0123456789abcdef0123456789abcdef"


def outline(
    *,
    form: str = "PNG",
    size: tuple[int, int] = (800, 600),
    frames: int = 1,
    scans: int = 1,
    notes: tuple[bytes, ...] = (),
) -> Outline:
    width, height = size
    return Outline(form, width, height, frames, scans, list(notes))


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")],
)
def test_a_plain_picture_is_taken(form: str, media_type: str) -> None:
    assert is_acceptable(outline(form=form), media_type)


@pytest.mark.parametrize(
    "media_type", ["image/jpeg", "image/gif", "image/*", "text/html", "IMAGE/PNG", ""]
)
def test_a_picture_under_another_name_is_refused(media_type: str) -> None:
    assert not is_acceptable(outline(), media_type)


@pytest.mark.parametrize(
    ("size", "fits"),
    [
        ((1, 1), True),
        ((LONGEST_EDGE, 2500), True),
        ((5000, MOST_PIXELS // 5000), True),
        ((5001, MOST_PIXELS // 5000), False),
        ((LONGEST_EDGE + 1, 1), False),
        ((1, LONGEST_EDGE + 1), False),
        ((50_000, 50_000), False),
        ((0, 600), False),
        ((800, 0), False),
    ],
)
def test_the_pixels_must_fit_into_memory(size: tuple[int, int], *, fits: bool) -> None:
    assert is_acceptable(outline(size=size), "image/png") is fits


def test_frames_and_scans_are_bounded() -> None:
    most = outline(frames=MOST_FRAMES, scans=MOST_SCANS)

    assert is_acceptable(most, "image/png")
    assert not is_acceptable(outline(frames=MOST_FRAMES + 1), "image/png")
    assert not is_acceptable(outline(scans=MOST_SCANS + 1), "image/png")


@pytest.mark.parametrize(
    "note",
    [
        b"Comment\0<SCRIPT>alert(1)</script>",
        b"<html>",
        b"<!DOCTYPE html>",
        b"<svg/onload=alert(1)>",
        b"<iframe src=x>",
        b"<body onload=x>",
        b"<?php system($_GET[1]);",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"/*\0\0",
    ],
)
def test_what_is_code_elsewhere_is_refused(note: bytes) -> None:
    assert not is_acceptable(outline(notes=(b"Author\0Ada", note)), "image/png")


@pytest.mark.parametrize(
    "note",
    [
        b"Exif\0\0MM\0*",
        b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF></rdf:RDF></x:xmpmeta>",
        b"a /* comment */",
        b"2 < 3, and body > mind",
    ],
)
def test_what_cameras_and_editors_write_is_taken(note: bytes) -> None:
    assert is_acceptable(outline(notes=(note,)), "image/png")


@pytest.mark.parametrize("edge", [64, 256, 512])
def test_a_file_is_named_by_key_and_edge(edge: int) -> None:
    assert file_name(KEY, edge) == f"{KEY}-{edge}.webp"
    assert is_file_name(file_name(KEY, edge))


@pytest.mark.parametrize(
    "name",
    [
        "",
        KEY,
        f"{KEY}.webp",
        f"{KEY}-65.webp",
        f"{KEY}-64.png",
        f"{KEY}-64.webp\n",
        f"{KEY.upper()}-64.webp",
        f"{KEY[:-1]}-64.webp",
        f"../{KEY}-64.webp",
        f"{KEY}-٦٤.webp",
    ],
)
def test_nothing_else_is_a_name_of_ours(name: str) -> None:
    assert not is_file_name(name)
