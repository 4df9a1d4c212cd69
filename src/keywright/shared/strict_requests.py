"""Requests that mean one thing only: bodies within limits, headers that stand once."""

from collections.abc import AsyncGenerator

from starlette.requests import Request

from keywright.shared.cookies import read_pairs
from keywright.shared.errors import (
    AmbiguousRequest,
    BodyTooLarge,
    MalformedBody,
    UnsupportedMediaType,
)
from keywright.shared.strict_json import parse

SINGLE_HEADERS = frozenset(
    {b"authorization", b"host", b"origin", b"content-type", b"x-request-id"}
)


class StrictRequest(Request):
    """A request whose body was read within limits and parsed strictly."""

    async def read_strictly(self, limit: int) -> None:
        """Read and parse the body, or raise the refusal that fits."""
        if self.headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedMediaType
        content = await self._read(limit)
        self._body = content
        if not content:
            return
        media_type, _, parameter = self.headers.get("content-type", "").partition(";")
        charset = parameter.strip().lower().replace('"', "")
        if media_type.strip().lower() != "application/json":
            raise UnsupportedMediaType
        if charset not in {"", "charset=utf-8"}:
            raise UnsupportedMediaType
        try:
            self._json = parse(content)
        except ValueError:
            raise MalformedBody from None

    async def chunks(self, limit: int) -> AsyncGenerator[bytes]:
        """Yield the body as it arrives; raise `BodyTooLarge` beyond *limit* bytes."""
        announced = self.headers.get("content-length", "0")
        if not announced.isdecimal() or len(announced) > len(str(limit)):
            raise BodyTooLarge
        if int(announced) > limit:
            raise BodyTooLarge
        size = 0
        async for chunk in self.stream():
            size += len(chunk)
            if size > limit:
                raise BodyTooLarge
            yield chunk

    async def _read(self, limit: int) -> bytes:
        return b"".join([chunk async for chunk in self.chunks(limit)])


def require_single(request: Request) -> None:
    """Raise `AmbiguousRequest` if a header or cookie that counts stands twice."""
    names = [name for name, _ in request.scope["headers"] if name in SINGLE_HEADERS]
    if len(names) > len({*names}):
        raise AmbiguousRequest
    read_pairs(request)
