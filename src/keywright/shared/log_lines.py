"""What a log entry looks like: one line of JSON, or one line for a person to read."""

import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from keywright.shared.context import current_request
from keywright.shared.redaction import is_secret_name, redacted, redacted_text

STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
MOST_FRAMES: Final = 20
MOST_CAUSES: Final = 3
Entry = MutableMapping[str, Any]


def with_extras(_: object, __: str, entry: Entry) -> Entry:
    """Add what the caller of a standard logger gave as `extra`."""
    for name, value in vars(entry["_record"]).items():
        if name not in STANDARD and not name.startswith("_"):
            entry[f"{name}_" if name in entry else name] = value
    return entry


def with_exception(_: object, __: str, entry: Entry) -> Entry:
    """Put the exception that is being handled in the place of `exc_info=True`."""
    if entry.get("exc_info") is True:
        entry["exc_info"] = sys.exc_info()
    return entry


def in_order(_: object, __: str, entry: Entry) -> Entry:
    """Return the entry with time, level, logger, event and request first."""
    record: logging.LogRecord = entry.pop("_record")
    entry.pop("_from_structlog")
    instant = datetime.fromtimestamp(record.created, UTC)
    context = vars(record).get("_context", current_request.get())
    ordered: Entry = {
        "timestamp": instant.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": entry.pop("event"),
    }
    if context.request_id is not None:
        ordered["request_id"] = context.request_id
    return {**ordered, **entry}


def masked(_: object, __: str, entry: Entry) -> Entry:
    """Return the entry as plain data without secrets."""
    return {
        name: value
        if name in {"exc_info", "stack_info"}
        else "[masked]"
        if is_secret_name(name)
        else redacted(value)
        for name, value in entry.items()
    }


def to_json(_: object, __: str, entry: Entry) -> str:
    """Return the entry in ASCII: no letter of it can end the line or hide another.

    Of an exception come its type and place. Its text may repeat what a client sent,
    so it is told only of errors of the operating system.
    """
    entry.pop("stack_info", None)
    error = _error_of(entry)
    if error is not None:
        entry["exception"] = [_described(one) for one in _chain(error)]
    return json.dumps(entry, separators=(",", ":"))


def to_console(_: object, __: str, entry: Entry) -> str:
    """Return the entry for a developer, with the whole traceback in lines below."""
    entry.pop("stack_info", None)
    error = _error_of(entry)
    time, level = str(entry.pop("timestamp"))[11:23], str(entry.pop("level"))
    start = f"{time} {level:<7} {entry.pop('logger')}: {entry.pop('event')}"
    rest = (f"{name}={_plain(value)}" for name, value in entry.items())
    lines = [_escaped(" ".join([start, *rest]))]
    if error is not None:
        text = redacted_text("".join(traceback.format_exception(error))[-8000:])
        lines += [f"    {_escaped(line)}" for line in text.splitlines()]
    return "\n".join(lines)


def _error_of(entry: Entry) -> BaseException | None:
    found = entry.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    return error if isinstance(error, BaseException) else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if current is None:
            return
        yield current
        hidden = None if current.__suppress_context__ else current.__context__
        current = current.__cause__ or hidden


def _described(error: BaseException) -> Mapping[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    kind = type(error)
    described: dict[str, object] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, OSError):
        described["text"] = redacted_text(str(error))
    described["at"] = [
        f"{'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        for frame in frames
    ]
    return described


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text
    )
