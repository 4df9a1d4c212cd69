"""Multipart forms, small and strict."""

from collections.abc import AsyncIterator, Sequence

import pytest

from keywright.shared.forms import MOST_PARTS, FormError, Part, read_form

TYPE = "multipart/form-data; boundary=x"
TEXT = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n'
END = b"--x--\r\n"
AGAIN = b'\r\nContent-Disposition: form-data; name="b"\r\n\r\n'


async def pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def read(
    content: bytes, *, media_type: str = TYPE, size: int = 65_536
) -> Sequence[Part]:
    return await read_form(media_type, pieces(content, size))


def file_part(
    content: bytes,
    *,
    name: bytes = b"avatar",
    filename: bytes = b"a.png",
    media_type: bytes = b"image/png",
) -> bytes:
    disposition = b'form-data; name="%b"; filename="%b"' % (name, filename)
    head = b"Content-Disposition: %b\r\nContent-Type: %b" % (disposition, media_type)
    return b"--x\r\n" + head + b"\r\n\r\n" + content + b"\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 65_536])
async def test_a_form_is_read_however_it_arrives(size: int) -> None:
    content = bytes(range(256)) * 3

    parts = await read(TEXT + file_part(content) + END, size=size)

    assert parts == [
        Part("name", b"Ada"),
        Part("avatar", content, "a.png", "image/png"),
    ]


async def test_a_large_file_is_read_whole() -> None:
    content = bytes(range(256)) * 2000

    (part,) = await read(file_part(content) + END)

    assert part.content == content


@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data; boundary=x; charset=utf-8",
        'Multipart/Form-Data; boundary="x"; charset="UTF-8"',
    ],
)
async def test_a_type_is_understood_in_each_spelling(media_type: str) -> None:
    assert await read(TEXT + END, media_type=media_type)


@pytest.mark.attack("H3")
@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=x; charset=utf-7",
        "multipart/form-data; boundary=x; charset=punycode",
        f"multipart/form-data; boundary={'x' * 5000}",
    ],
)
async def test_another_type_is_no_form(media_type: str) -> None:
    with pytest.raises(FormError):
        await read(TEXT + END, media_type=media_type)


@pytest.mark.attack("H3")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        TEXT,
        TEXT[:-10],
        b"junk" * 1000 + TEXT + END,
        TEXT * (MOST_PARTS + 1) + END,
        TEXT * 100_000 + END,
        b"--x\r\n\r\nno headers\r\n" + END,
        b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n" + END,
        b'--x\r\nContent-Disposition: inline; name="a"\r\n\r\nb\r\n' + END,
        b"--x\r\nContent-Type: text/plain\r\n\r\nno disposition\r\n" + END,
        TEXT.replace(b"\r\n\r\n", b"\r\nA: " + b"x" * 10_000 + b"\r\n\r\n") + END,
        TEXT.replace(b"\r\n\r\n", b"\r\nA: b" * 50 + b"\r\n\r\n") + END,
        TEXT.replace(
            b"\r\n\r\n", b'\r\nContent-Disposition: form-data; name="b"\r\n\r\n'
        )
        + END,
        TEXT.replace(b'"name"', b'"\xff\xfe"') + END,
        file_part(b"x", media_type=b"image/\xe4") + END,
    ],
    ids=range(16),
)
async def test_what_no_page_sends_is_refused(content: bytes) -> None:
    with pytest.raises(FormError):
        await read(content)


@pytest.mark.attack("J2")
@pytest.mark.parametrize(
    "filename", [b"../../x", b"x.php", b"\x00", b"\xff", b"a" * 300, b"CON", b""]
)
async def test_a_file_is_a_file_whatever_its_name(filename: bytes) -> None:
    (part,) = await read(file_part(b"content", filename=filename) + END)

    assert part.filename is not None
    assert part.content == b"content"


async def test_what_stops_the_reading_is_not_hidden() -> None:
    async def stopped() -> AsyncIterator[bytes]:
        yield file_part(bytes(200_000))[:150_000]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await read_form(TYPE, stopped())
