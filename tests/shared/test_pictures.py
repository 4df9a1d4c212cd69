"""Pictures made anew: square, upright, and nothing but pixels."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from PIL import Image

from keywright.shared.errors import Busy
from keywright.shared.picture_outline import NotAPicture, Outline
from keywright.shared.pictures import Pictures
from tests.pictures import (
    BLUE,
    GREEN,
    MEDIA_TYPES,
    RED,
    animated,
    exif,
    halves,
    opened,
    picture,
    png_claiming,
    webp_claiming,
    written,
)

EDGES = (16, 64)
FORMATS = tuple(MEDIA_TYPES)
Colour = tuple[int, ...]


def all_of_them(_: Outline) -> bool:
    return True


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(threads=1)
    yield made
    made.close()


async def square(pictures: Pictures, content: bytes) -> Image.Image:
    """Return the largest square of *content*, decoded."""
    squares = await pictures.squares(content, EDGES, accept=all_of_them)
    return opened(squares[EDGES[-1]])


def colour_at(image: Image.Image, x: int, y: int) -> Colour:
    found = image.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    return tuple(int(value) for value in found)


def is_near(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) < 25 for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3), (120, 80)])
async def test_every_picture_becomes_a_webp_square_of_each_edge(
    pictures: Pictures, form: str, size: tuple[int, int]
) -> None:
    content = picture(form, size=size)

    squares = await pictures.squares(content, EDGES, accept=all_of_them)

    images = {edge: opened(one) for edge, one in squares.items()}
    assert {edge: image.size for edge, image in images.items()} == {
        edge: (edge, edge) for edge in EDGES
    }
    assert {image.format for image in images.values()} == {"WEBP"}
    assert is_near(colour_at(images[64], 32, 32), RED)


@pytest.mark.parametrize("form", FORMATS)
async def test_the_middle_of_the_picture_is_kept(pictures: Pictures, form: str) -> None:
    image = await square(pictures, halves(form))

    assert is_near(colour_at(image, 8, 32), BLUE)
    assert is_near(colour_at(image, 56, 32), GREEN)


@pytest.mark.asvs("V14.2.8")
@pytest.mark.attack("J5")
@pytest.mark.parametrize("form", FORMATS)
async def test_no_metadata_is_kept(pictures: Pictures, form: str) -> None:
    options = {"exif": exif(), "icc_profile": b"a profile", "xmp": b"<x:xmpmeta/>"}
    content = written(Image.new("RGB", (120, 80), RED), form, **options)
    assert b"ACME Telephone" in content

    squares = await pictures.squares(content, EDGES, accept=all_of_them)

    for one in squares.values():
        image = opened(one)
        assert dict(image.getexif()) == {}
        assert not image.info.keys() & {"exif", "icc_profile", "xmp", "comment"}
        for word in (b"EXIF", b"ICCP", b"XMP", b"ACME", b"Ada", b"profile"):
            assert word not in one


@pytest.mark.parametrize(
    ("orientation", "colours"),
    [
        (1, {"left": BLUE, "right": GREEN}),
        (2, {"left": GREEN, "right": BLUE}),
        (3, {"left": GREEN, "right": BLUE}),
        (4, {"left": BLUE, "right": GREEN}),
        (5, {"top": BLUE, "bottom": GREEN}),
        (6, {"top": BLUE, "bottom": GREEN}),
        (7, {"top": GREEN, "bottom": BLUE}),
        (8, {"top": GREEN, "bottom": BLUE}),
    ],
)
async def test_the_picture_is_turned_as_the_camera_was_held(
    pictures: Pictures, orientation: int, colours: dict[str, Colour]
) -> None:
    image = await square(pictures, halves("JPEG", exif=exif(orientation=orientation)))

    places = {"left": (8, 32), "right": (56, 32), "top": (32, 8), "bottom": (32, 56)}
    for side, colour in colours.items():
        assert is_near(colour_at(image, *places[side]), colour), side


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
async def test_of_a_moving_picture_the_first_frame_is_kept(
    pictures: Pictures, form: str
) -> None:
    image = await square(pictures, animated(form, 3))

    assert getattr(image, "n_frames", 1) == 1
    assert is_near(colour_at(image, 32, 32), BLUE)


@pytest.mark.parametrize(
    ("mode", "form", "colour", "seen"),
    [
        ("L", "PNG", 128, (128, 128, 128)),
        ("1", "PNG", 1, (255, 255, 255)),
        ("I;16", "PNG", 0x8000, (128, 128, 128)),
        ("L", "JPEG", 128, (128, 128, 128)),
        ("CMYK", "JPEG", (0, 255, 255, 0), (255, 0, 0)),
    ],
)
async def test_colours_of_every_kind_are_understood(
    pictures: Pictures, mode: str, form: str, colour: int | Colour, seen: Colour
) -> None:
    content = written(Image.new(mode, (40, 40), colour), form)

    image = await square(pictures, content)

    assert is_near(colour_at(image, 32, 32), seen)


async def test_a_palette_with_a_hole_stays_transparent(pictures: Pictures) -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([0, 0, 0, *RED])
    content = written(image, "PNG", transparency=1)

    made = await square(pictures, content)

    assert made.mode == "RGBA"
    assert made.getchannel("A").getextrema() == (0, 0)


async def test_what_is_not_accepted_is_not_decoded(pictures: Pictures) -> None:
    with pytest.raises(NotAPicture):
        await pictures.squares(picture(), EDGES, accept=lambda _: False)


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", png_claiming(300, 300), webp_claiming(3000, 3000)],
)
async def test_what_cannot_be_decoded_is_no_picture(
    pictures: Pictures, content: bytes
) -> None:
    with pytest.raises(NotAPicture):
        await pictures.squares(content, EDGES, accept=all_of_them)


@pytest.mark.asvs("V15.2.2")
async def test_of_too_many_pictures_the_last_is_refused_at_once() -> None:
    pictures = Pictures(threads=1, most_waiting=1)
    may_go_on = threading.Event()

    def slowly(_: Outline) -> bool:
        return may_go_on.wait(60)

    def start() -> asyncio.Task[object]:
        job = pictures.squares(picture(), EDGES, accept=slowly)
        return asyncio.create_task(job)

    taken = [start(), start()]
    await asyncio.sleep(0)
    with pytest.raises(Busy) as refused:
        await pictures.squares(picture(), EDGES, accept=slowly)
    may_go_on.set()
    await asyncio.gather(*taken)

    assert refused.value.retry_after is not None
    assert await pictures.squares(picture(), EDGES, accept=all_of_them)
    pictures.close()
