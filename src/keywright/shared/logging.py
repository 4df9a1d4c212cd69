"""Logging: every logger of the process ends in one line per entry, off the request.

A sink that does not take its lines (a full disk, a pipe nobody reads) never makes a
request wait: entries go through a bounded queue, and those beyond it are counted.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, MutableMapping
from contextlib import suppress
from queue import Full, Queue
from threading import Thread
from typing import Any, Final, Literal

from keywright.shared.context import current_request
from keywright.shared.log_lines import STANDARD, Form, LineFormatter

CAPACITY: Final = 10_000
PATIENCE: Final = 2.0
GATHERED: Final = 0.01
STANDARD_ERROR: Final = 2
TALKATIVE: Final = (
    "PIL",
    "aiosqlite",
    "alembic",
    "asyncio",
    "hpack",
    "httpcore2",
    "httpx2",
    "pymongo",
)
Level = Literal["debug", "info", "warning", "error"]
Write = Callable[[bytes], None]


class QueueingHandler(logging.Handler):
    """Hands entries to a thread that writes them; *dropped* counts those lost."""

    def __init__(self, write: Write, *, capacity: int = CAPACITY) -> None:
        """Let *write* have every line, with at most *capacity* waiting."""
        super().__init__()
        self.dropped = 0
        self._told = 0
        self._write = write
        self._queue: Queue[logging.LogRecord | None] = Queue(capacity)
        self._thread = Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Queue *record* with the request it belongs to; never wait."""
        record.msg, record.args = record.getMessage(), None
        vars(record)["_context"] = current_request.get()
        try:
            self._queue.put_nowait(record)
        except Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what is waiting, if the sink takes it within two seconds."""
        with suppress(Full):
            self._queue.put(None, timeout=PATIENCE)
            self._thread.join(PATIENCE)
        super().close()

    def _run(self) -> None:
        while (record := self._queue.get()) is not None:
            self._put(record)
            if self._queue.empty():
                self._tell_losses()
                # Who waits for the next entry would be woken for every single one.
                time.sleep(GATHERED)
        self._tell_losses()

    def _tell_losses(self) -> None:
        lost = self.dropped - self._told
        if lost:
            self._told += lost
            self._put(_notice(lost))

    def _put(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            self._write(f"{self.format(record)}\n".encode("utf-8", "backslashreplace"))


def configure(
    level: Level, form: Form, *, write: Write | None = None
) -> QueueingHandler:
    """Send everything from *level* up to standard error, or to *write*, as *form*.

    Loggers of structlog, if it is imported, end there as well. Loggers that would
    repeat statements or addresses are heard from warning up only.
    """
    handler = QueueingHandler(write or _to_standard_error)
    handler.setFormatter(LineFormatter(form))
    root = logging.getLogger()
    for former in root.handlers[:]:
        root.removeHandler(former)
        if isinstance(former, QueueingHandler):
            former.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    if "structlog" in sys.modules:
        _adopt_structlog()
    return handler


def _adopt_structlog() -> None:
    # Only for an application that uses it: it would cost others four megabytes.
    import structlog

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _as_standard],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _as_standard(
    _: object, __: str, entry: MutableMapping[str, Any]
) -> tuple[tuple[object], dict[str, object]]:
    event = entry.pop("event", "")
    exc_info = entry.pop("exc_info", None)
    extra = {
        f"{name}_" if name in STANDARD else name: value for name, value in entry.items()
    }
    return (event,), {"extra": extra, "exc_info": exc_info}


def _to_standard_error(line: bytes) -> None:
    while line:
        line = line[os.write(STANDARD_ERROR, line) :]


def _notice(lost: int) -> logging.LogRecord:
    record = logging.LogRecord(
        __name__, logging.WARNING, "", 0, "log entries were dropped", None, None
    )
    vars(record)["dropped"] = lost
    return record
