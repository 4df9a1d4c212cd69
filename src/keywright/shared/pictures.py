"""Pictures made anew in a few threads of their own: square, small, and only pixels.

Nothing of the file that came in is kept: no metadata, no colour profile, no bytes.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from keywright.shared.errors import Busy
from keywright.shared.picture_outline import NotAPicture, Outline, outline_of

log = logging.getLogger(__name__)
MEDIA_TYPE: Final = "image/webp"
_ORIENTATION: Final = 0x0112
_TURNS: Final[Mapping[int, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
Accept = Callable[[Outline], bool]


class Pictures:
    """Turns files into squares; so many wait at most, the others are refused."""

    def __init__(self, *, threads: int | None = None, most_waiting: int = 16) -> None:
        """Open the pool; by default with a thread per core, but no more than two."""
        count = threads or min(2, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="pictures")
        self._most = count + most_waiting
        self._jobs = 0

    async def squares(
        self, content: bytes, edges: Sequence[int], *, accept: Accept
    ) -> Mapping[int, bytes]:
        """Return the middle of the picture as a WebP for each of *edges*, in pixels.

        Nothing is decoded unless *accept* takes the outline. Raise `NotAPicture` for
        what it refuses and for what is no picture, `Busy` if too many wait.
        """
        if self._jobs >= self._most:
            raise Busy(retry_after=timedelta(seconds=2))
        self._jobs += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(
                self._pool, _squares, content, edges, accept
            )
        finally:
            self._jobs -= 1

    def close(self) -> None:
        """Let the running jobs finish and drop the waiting ones."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _squares(
    content: bytes, edges: Sequence[int], accept: Accept
) -> Mapping[int, bytes]:
    outline = outline_of(content)
    if not accept(outline):
        raise NotAPicture
    try:
        largest = _upright(content, outline, max(edges))
        return {edge: _written(largest, edge) for edge in edges}
    except Exception as error:  # noqa: BLE001 - decoders fail in many ways
        log.info("picture_refused", extra={"reason": type(error).__name__})
        raise NotAPicture from None


def _upright(content: bytes, outline: Outline, edge: int) -> Image.Image:
    """Return the middle of the first frame, turned as the metadata says."""
    with Image.open(BytesIO(content), formats=(outline.format,)) as opened:
        if opened.size != (outline.width, outline.height):
            raise NotAPicture
        # A JPEG is decoded no larger than needed.
        opened.draft("RGB", (2 * edge, 2 * edge))
        opened.load()
        turn = _TURNS.get(opened.getexif().get(_ORIENTATION, 1))
        fitted = _fitted(_in_eight_bits(opened), edge)
    square = fitted.convert("RGBA" if fitted.has_transparency_data else "RGB")
    square.info.clear()
    return square if turn is None else square.transpose(turn)


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits of grey; Pillow would cut the values off, not scale them.
        return picture.convert("I").point(lambda grey: grey / 256).convert("L")
    if picture.mode in {"1", "P", "PA"}:
        return picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return picture


def _fitted(picture: Image.Image, edge: int) -> Image.Image:
    return ImageOps.fit(picture, (edge, edge), Image.Resampling.LANCZOS)


def _written(square: Image.Image, edge: int) -> bytes:
    written = BytesIO()
    _fitted(square, edge).save(written, "WEBP", quality=82, method=4)
    return written.getvalue()
