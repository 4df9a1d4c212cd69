"""HTTP connections with deadlines: who sends half a request does not keep its place.

uvicorn waits for the rest of a request for ever. Here the headers must be complete
ten seconds after their first byte (or after connecting), the body a minute later. A
request that arrives whole costs no timer.
"""

from asyncio import Transport
from asyncio.events import TimerHandle
from enum import Enum
from typing import ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from keywright.service.unparsed import MalformedRequest, answer_to_nothing
from keywright.shared.errors import HeadersTooLarge

MAX_HEADER_BYTES: Final = 64 * 1024
BODY_SECONDS: Final = 60.0
LINGER_SECONDS: Final = 1.0


class _Part(Enum):
    HEADERS = "headers"
    BODY = "body"


class PatientProtocol(HttpToolsProtocol):
    """A connection whose requests must be complete in time."""

    header_seconds: ClassVar[float] = 10.0
    body_seconds: ClassVar[float] = BODY_SECONDS

    _deadline: TimerHandle | None = None
    _missing: _Part | None = None
    _received = 0
    _header_bytes = 0
    _has_large_headers = False

    def connection_made(
        self,
        transport: Transport,  # type: ignore[override] # as uvicorn has it
    ) -> None:
        """Give the client time for its first request."""
        super().connection_made(transport)
        self.scope = {}  # type: ignore[typeddict-item] # none yet, and never None
        self._wait(_Part.HEADERS, self.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse *data*, then see how much of a request is still missing."""
        if self._has_large_headers:
            return
        self._received += len(data)
        HttpToolsProtocol.data_received(self, data)
        scope = cast("dict[str, object]", self.scope)  # whole after the headers only
        if "method" not in scope:
            self._expect_headers(len(data))
        elif getattr(self.cycle, "more_body", False):
            self._received = 0
            if self._missing is not _Part.BODY:
                self._wait(_Part.BODY, self.body_seconds)
        else:
            self._received = 0
            if self._deadline is not None:
                self._stop_waiting()

    def on_headers_complete(self) -> None:
        """Refuse headers that came in few large pieces, else begin to serve."""
        if self._received > MAX_HEADER_BYTES:
            self._refuse_large_headers()
        HttpToolsProtocol.on_headers_complete(self)

    def _expect_headers(self, received: int) -> None:
        if self._missing is not _Part.HEADERS:
            # What came before them in the same piece is not counted.
            self._header_bytes = 0
            self._wait(_Part.HEADERS, self.header_seconds)
            return
        self._header_bytes += received
        if self._header_bytes > MAX_HEADER_BYTES and not self._has_large_headers:
            self._has_large_headers = True
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's text
        """Refuse what cannot be parsed, or headers that are too large, and close."""
        if self.transport.is_closing():
            return
        if not self._has_large_headers:
            self.transport.write(answer_to_nothing(MalformedRequest()))
            self.transport.close()
            return
        # Closing while the client still sends would take the answer from it.
        self.transport.write(answer_to_nothing(HeadersTooLarge()))
        self.transport.write_eof()
        self._wait(_Part.HEADERS, LINGER_SECONDS)

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: anybody may ask for a WebSocket, and is answered without."""

    def _refuse_large_headers(self) -> None:
        lengths = (len(name) + len(value) for name, value in self.headers)
        if len(self.url) + sum(lengths) > MAX_HEADER_BYTES:
            self._has_large_headers = True
            raise ValueError("headers too large")

    def _wait(self, part: _Part, seconds: float) -> None:
        self._stop_waiting()
        self._missing = part
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        self._missing = None
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.abort()


def with_header_timeout(seconds: float) -> type[PatientProtocol]:
    """Return the protocol with *seconds* for the headers of a request."""
    return type("Protocol", (PatientProtocol,), {"header_seconds": seconds})
