"""Pictures for tests, good ones and others, made byte by byte where it matters."""

import struct
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
RED, GREEN, BLUE = (200, 30, 30), (30, 160, 60), (40, 60, 200)
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
HTML = b"<!DOCTYPE html><html><script>alert(document.domain)</script></html>"


def picture(
    form: str = "PNG",
    *,
    size: tuple[int, int] = (120, 80),
    colour: tuple[int, ...] = RED,
    mode: str = "RGB",
    **options: object,
) -> bytes:
    """Return a plain picture of one colour."""
    return written(Image.new(mode, size, colour), form, **options)


def written(image: Image.Image, form: str, **options: object) -> bytes:
    """Return *image* as a file."""
    file = BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


def halves(form: str, **options: object) -> bytes:
    """Return a picture that is blue at the left and green at the right."""
    image = Image.new("RGB", (200, 100), GREEN)
    image.paste(Image.new("RGB", (100, 100), BLUE), (0, 0))
    return written(image, form, **options)


def opened(content: bytes) -> Image.Image:
    """Return a decoded picture."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def exif(*, orientation: int = 1) -> Image.Exif:
    """Return metadata such as a telephone writes, with the place."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010F] = "ACME Telephone"
    data[0x8298] = "Ada Lovelace"
    data.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W"})
    return data


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """Return a chunk of a PNG."""
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png_claiming(width: int, height: int) -> bytes:
    """Return a small PNG that says it is *width* by *height* pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000), 9)
    return (
        PNG_SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND")
    )


def png_with(kind: bytes, data: bytes) -> bytes:
    """Return a PNG with one more chunk behind its header."""
    good = picture("PNG")
    head = len(PNG_SIGNATURE) + 25
    return good[:head] + chunk(kind, data) + good[head:]


def jpeg_claiming(width: int, height: int) -> bytes:
    """Return a JPEG whose frame header says *width* by *height*."""
    good = bytearray(picture("JPEG"))
    place = good.index(b"\xff\xc0")
    good[place + 5 : place + 9] = struct.pack(">HH", height, width)
    return bytes(good)


def jpeg_with(marker: int, data: bytes) -> bytes:
    """Return a JPEG with one more segment behind its start."""
    good = picture("JPEG")
    segment = bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data
    return good[:2] + segment + good[2:]


def jpeg_script() -> bytes:
    """Return a picture that a browser would also run as a script.

    The length of its first segment is "/*", which begins a comment that a later
    segment ends.
    """
    good = picture("JPEG")
    padding = b"\xff\xe1" + b"/*" + bytes(0x2F2A - 2)
    script = b"*/=alert(1);/*"
    comment = b"\xff\xfe" + struct.pack(">H", len(script) + 2) + script
    return good[:2] + padding + comment + good[2:]


def jpeg_of_scans(count: int) -> bytes:
    """Return a progressive picture with its last scan *count* times."""
    good = picture("JPEG", progressive=True)
    last = good.rindex(b"\xff\xda")
    return good[:last] + good[last:-2] * count + good[-2:]


def webp_claiming(width: int, height: int) -> bytes:
    """Return a WebP whose canvas says *width* by *height*."""
    frame = picture("WEBP")[12:]
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    extended = b"VP8X" + struct.pack("<II", 10, 0) + canvas
    return riff(extended + frame)


def webp_with(kind: bytes, data: bytes) -> bytes:
    """Return a WebP with one more chunk behind its pixels."""
    padding = b"\0" * (len(data) % 2)
    more = kind + struct.pack("<I", len(data)) + data + padding
    return riff(picture("WEBP")[12:] + more)


def riff(chunks: bytes) -> bytes:
    """Return a WebP of these chunks."""
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def animated(form: str, frames: int) -> bytes:
    """Return a moving picture; the first frame is blue, the others are not."""
    images = [
        Image.new("RGB", (16, 16), (n % 256, n // 256, 90)) for n in range(frames)
    ]
    first = Image.new("RGB", (16, 16), BLUE)
    file = BytesIO()
    first.save(file, form, save_all=True, append_images=images, duration=10)
    return file.getvalue()


def svg() -> bytes:
    """Return a drawing that runs a script."""
    return b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


REFUSED: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "GIF": ("image/gif", lambda: picture("GIF")),
    "GIF called PNG": ("image/png", lambda: picture("GIF")),
    "GIF of 1000 frames": ("image/webp", lambda: animated("GIF", 1000)),
    "GIFAR": ("image/png", lambda: picture("GIF") + b"PK\x03\x04" + bytes(60)),
    "SVG": ("image/svg+xml", svg),
    "SVG called PNG": ("image/png", svg),
    "SVGZ": ("image/png", lambda: b"\x1f\x8b\x08" + svg()),
    "HTML": ("image/png", lambda: HTML),
    "PDF": ("image/png", lambda: b"%PDF-1.7\n" + bytes(100)),
    "MP4": ("image/jpeg", lambda: b"\0\0\0\x20ftypisom" + bytes(200)),
    "ZIP": ("image/png", lambda: b"PK\x03\x04" + bytes(60)),
    "BMP": ("image/png", lambda: picture("BMP")),
    "TIFF": ("image/png", lambda: picture("TIFF")),
    "ICO": ("image/png", lambda: picture("ICO", size=(16, 16))),
    "AVIF": ("image/webp", lambda: picture("AVIF")),
    "JPEG called PNG": ("image/png", lambda: picture("JPEG")),
    "PNG called JPEG": ("image/jpeg", lambda: picture("PNG")),
    "WebP called JPEG": ("image/jpeg", lambda: picture("WEBP")),
    "PNG called nothing": ("", lambda: picture("PNG")),
    "PNG called bytes": ("application/octet-stream", lambda: picture("PNG")),
    "PNG called HTML": ("text/html", lambda: picture("PNG")),
    "PNG and HTML": ("image/png", lambda: picture("PNG") + HTML),
    "PNG with HTML in a text": ("image/png", lambda: png_with(b"tEXt", b"a\0" + HTML)),
    "PNG with HTML in a private chunk": ("image/png", lambda: png_with(b"prVt", HTML)),
    "PNG with PHP": ("image/png", lambda: png_with(b"tEXt", b"a\0<?php system(1);")),
    "PNG and ZIP": ("image/png", lambda: picture("PNG") + b"PK\x03\x04" + bytes(60)),
    "PNG and PNG": ("image/png", lambda: picture("PNG") * 2),
    "JPEG and JAR": ("image/jpeg", lambda: picture("JPEG") + b"PK\x03\x04" + bytes(9)),
    "JPEG and MP4": ("image/jpeg", lambda: picture("JPEG") + b"\0\0\0\x20ftypisom"),
    "JPEG with HTML in a comment": ("image/jpeg", lambda: jpeg_with(0xFE, HTML)),
    "JPEG with PDF in a comment": ("image/jpeg", lambda: jpeg_with(0xFE, b"%PDF-1.7")),
    "JPEG that is a script": ("image/jpeg", jpeg_script),
    "JPEG of 200 scans": ("image/jpeg", lambda: jpeg_of_scans(200)),
    "WebP and HTML": ("image/webp", lambda: picture("WEBP") + HTML),
    "WebP with HTML in XMP": (
        "image/webp",
        lambda: riff(
            picture("WEBP")[12:] + b"XMP " + struct.pack("<I", 68) + HTML + b"\n"
        ),
    ),
    "WebP of 1000 frames": ("image/webp", lambda: animated("WEBP", 1000)),
    "PNG of 1000 frames": ("image/png", lambda: animated("PNG", 1000)),
    "PNG of 50000 by 50000": ("image/png", lambda: png_claiming(50_000, 50_000)),
    "PNG of 2^31 by 2^31": ("image/png", lambda: png_claiming(2**31 - 1, 2**31 - 1)),
    "PNG of no pixel": ("image/png", lambda: png_claiming(0, 0)),
    "JPEG of 65535 by 65535": ("image/jpeg", lambda: jpeg_claiming(65_535, 65_535)),
    "WebP of 16M by 16M": ("image/webp", lambda: webp_claiming(2**24, 2**24)),
    "WebP larger than its frame": ("image/webp", lambda: webp_claiming(3000, 3000)),
    "half a PNG": ("image/png", lambda: halves("PNG")[:-30]),
    "half a JPEG": ("image/jpeg", lambda: halves("JPEG")[:-30]),
    "half a WebP": ("image/webp", lambda: halves("WEBP")[:-30]),
    "a PNG with broken pixels": ("image/png", lambda: png_claiming(400, 400)),
    "a signature": ("image/png", lambda: PNG_SIGNATURE),
    "nothing": ("image/png", lambda: b""),
}
"""What must be refused as no picture, with the media type its sender claims."""
