"""What a log entry looks like: one line of JSON, or one line for a person to read."""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from keywright.shared.context import current_request
from keywright.shared.redaction import MASK, is_secret_name, redacted, redacted_text

STANDARD: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
MOST_FRAMES: Final = 20
MOST_CAUSES: Final = 3
Form = Literal["json", "console"]
Entry = MutableMapping[str, object]


class LineFormatter(logging.Formatter):
    """Formats entries with their extras, the request they belong to, and no secrets."""

    def __init__(self, form: Form) -> None:
        """Write *form*."""
        super().__init__()
        self._render = _to_json if form == "json" else _to_console

    def format(self, record: logging.LogRecord) -> str:
        """Return *record* as a line; of a traceback the console has lines below it."""
        error = record.exc_info[1] if record.exc_info else None
        return self._render(_entry_of(record), error)


def _entry_of(record: logging.LogRecord) -> Entry:
    instant = datetime.fromtimestamp(record.created, UTC)
    context = vars(record).get("_context", current_request.get())
    entry: Entry = {
        "timestamp": instant.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": redacted_text(record.getMessage()),
    }
    if context.request_id is not None:
        entry["request_id"] = context.request_id
    for name, value in vars(record).items():
        if name in STANDARD or name.startswith("_"):
            continue
        entry[f"{name}_" if name in entry else name] = (
            MASK if is_secret_name(name) else redacted(value)
        )
    return entry


def _to_json(entry: Entry, error: BaseException | None) -> str:
    # ASCII: no letter of an entry can end the line or hide another. The text of an
    # exception may repeat what a client sent.
    if error is not None:
        entry["exception"] = [_described(one) for one in _chain(error)]
    return json.dumps(entry, separators=(",", ":"))


def _to_console(entry: Entry, error: BaseException | None) -> str:
    time, level = str(entry.pop("timestamp"))[11:23], str(entry.pop("level"))
    start = f"{time} {level:<7} {entry.pop('logger')}: {entry.pop('event')}"
    rest = (f"{name}={_plain(value)}" for name, value in entry.items())
    lines = [_escaped(" ".join([start, *rest]))]
    if error is not None:
        text = redacted_text("".join(traceback.format_exception(error))[-8000:])
        lines += [f"    {_escaped(line)}" for line in text.splitlines()]
    return "\n".join(lines)


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
