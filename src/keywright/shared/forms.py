"""Multipart forms (RFC 7578), small and strict, while they arrive.

Files of any size would fit into memory one by one, but not many slow ones at once, so
parts that grow are kept in a temporary file.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

IN_MEMORY: Final = 64 * 1024
MOST_PARTS: Final = 8
FORM: Final = "multipart/form-data"


class FormError(ValueError):
    """The body is no form, or one of more parts than any page sends."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a form; *filename* is None unless it is a file.

    The name that a file had is only good for knowing whether there was one.
    """

    name: str
    content: bytes
    filename: str | None = None
    media_type: str = ""


async def read_form(content_type: str, chunks: AsyncIterator[bytes]) -> Sequence[Part]:
    """Return the parts of a form in their order, or raise `FormError`."""
    media_type, options = parse_options_header(content_type)
    boundary, charset = options.get(b"boundary"), options.get(b"charset", b"utf-8")
    if media_type != FORM.encode() or not boundary or charset.lower() != b"utf-8":
        raise FormError
    with ExitStack() as files:
        reader = _Reader(files)
        try:
            parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type] # a plain dict will do
            async for chunk in chunks:
                parser.write(chunk)
            parser.finalize()
        except (FormParserError, UnicodeDecodeError):
            raise FormError from None
        return reader.parts()


class _Reader:
    """Takes what the parser finds."""

    def __init__(self, files: ExitStack) -> None:
        self._files = files
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._found: list[tuple[dict[bytes, bytes], IO[bytes]]] = []
        self._is_whole = False

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self.begin,
            "on_header_field": self.header_name,
            "on_header_value": self.header_value,
            "on_header_end": self.header_end,
            "on_headers_finished": self.headers_finished,
            "on_part_data": self.data,
            "on_end": self.end,
        }

    def begin(self) -> None:
        if len(self._found) == MOST_PARTS:
            raise FormError
        self._headers = {}

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end].lower()

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        if self._header in self._headers:
            raise FormError
        self._headers[self._header] = self._value
        self._header = self._value = b""

    def headers_finished(self) -> None:
        file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the stack closes it
        self._found.append((self._headers, self._files.enter_context(file)))

    def data(self, data: bytes, start: int, end: int) -> None:
        self._found[-1][1].write(data[start:end])

    def end(self) -> None:
        self._is_whole = True

    def parts(self) -> Sequence[Part]:
        if not self._is_whole:
            raise FormError
        return [_part(headers, file) for headers, file in self._found]


def _part(headers: dict[bytes, bytes], file: IO[bytes]) -> Part:
    disposition, options = parse_options_header(headers.get(b"content-disposition"))
    if disposition != b"form-data" or b"name" not in options:
        raise FormError
    filename = options.get(b"filename")
    media_type, _ = parse_options_header(headers.get(b"content-type"))
    file.seek(0)
    try:
        return Part(
            name=options[b"name"].decode(),
            content=file.read(),
            filename=None if filename is None else filename.decode("utf-8", "replace"),
            media_type=media_type.decode("ascii"),
        )
    except UnicodeDecodeError:
        raise FormError from None
