import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import structlog
from pydantic import SecretStr

from keywright.shared.context import RequestContext, current_request
from keywright.shared.log_lines import Form
from keywright.shared.logging import QueueingHandler, configure

Configure = Callable[[Form], "Sink"]


@dataclass
class Sink:
    lines: list[str] = field(default_factory=list)
    handler: QueueingHandler | None = None

    def write(self, line: bytes) -> None:
        self.lines.append(line.decode())

    def read(self) -> list[str]:
        assert self.handler is not None
        self.handler.close()
        return self.lines

    def entry(self) -> dict[str, object]:
        (line,) = self.read()
        entry: dict[str, object] = json.loads(line)
        return entry


@pytest.fixture
def configured() -> Iterator[Configure]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def configure_as(form: Form) -> Sink:
        sink = Sink()
        sink.handler = configure("debug", form, write=sink.write)
        return sink

    yield configure_as
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


log = logging.getLogger("tests.log")


def test_an_entry_says_when_what_and_where(configured: Configure) -> None:
    sink = configured("json")
    log.info("signed in", extra={"user_id": "u1"})

    entry = sink.entry()
    assert list(entry) == ["timestamp", "level", "logger", "event", "user_id"]
    assert entry["event"] == "signed in"
    assert entry["level"] == "info"
    assert re.fullmatch(r"[\d-]{10}T[\d:]{8}\.\d{3}Z", str(entry["timestamp"]))


def test_an_entry_names_the_request_it_belongs_to(configured: Configure) -> None:
    sink = configured("json")
    token = current_request.set(RequestContext("r-1"))
    log.info("read")
    current_request.reset(token)

    assert sink.entry()["request_id"] == "r-1"


def test_structlog_and_the_standard_library_end_in_one_log(
    configured: Configure,
) -> None:
    sink = configured("json")
    structlog.get_logger("tests.other").warning("seen", count=2, token="t0ken")

    entry = sink.entry()
    assert entry["event"] == "seen"
    assert entry["logger"] == "tests.other"
    assert entry["count"] == 2
    assert entry["token"] == "[masked]"


@pytest.mark.attack
@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "hostile", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\u2028b", "a\x85b"]
)
def test_no_value_can_begin_a_line_of_its_own(
    configured: Configure, form: Form, hostile: str
) -> None:
    sink = configured(form)
    log.warning("agent %s", hostile, extra={"agent": hostile, hostile: 1})

    (line,) = sink.read()
    assert line.endswith("\n")
    assert line[:-1].isprintable()


@pytest.mark.parametrize("form", ["json", "console"])
@pytest.mark.parametrize(
    "extra",
    [
        {"password": "s3cret"},
        {"newPassword": "s3cret"},
        {"refresh_token": "s3cret"},
        {"AUTH_SECRET": "s3cret"},
        {"Authorization": "s3cret"},
        {"set-cookie": "s3cret"},
        {"otp_code": "s3cret"},
        {"otpCode": "s3cret"},
        {"email": "s3cret"},
        {"given": SecretStr("s3cret")},
        {"nested": {"list": [{"api_key": "s3cret"}]}},
        {"raw": b"s3cret"},
        {"jwt": "eyJhbGciOiJIUzI1NiJ9.s3cret.s3cret"},
        {"header": "Bearer s3cret"},
        {"url": "broker://user:s3cret@host/db"},
    ],
)
def test_secrets_are_masked(
    configured: Configure, form: Form, extra: dict[str, object]
) -> None:
    sink = configured(form)
    log.info("told", extra=extra)

    (line,) = sink.read()
    assert "s3cret" not in line


def test_a_stable_code_is_no_secret(configured: Configure) -> None:
    sink = configured("json")
    log.info("refused", extra={"code": "invalid_credentials"})

    assert sink.entry()["code"] == "invalid_credentials"


def test_of_an_exception_come_type_and_place_but_not_its_text(
    configured: Configure,
) -> None:
    sink = configured("json")
    try:
        int("s3cret")
    except ValueError:
        log.exception("failed")

    (line,) = sink.read()
    (described,) = json.loads(line)["exception"]
    assert described["type"] == "builtins.ValueError"
    assert "test_logging.py" in described["at"][0]
    assert "s3cret" not in line


def test_what_the_operating_system_says_is_told(configured: Configure) -> None:
    sink = configured("json")
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        structlog.get_logger().exception("failed")

    (line,) = sink.read()
    assert json.loads(line)["exception"][0]["text"] == "[Errno 111] Connection refused"


def test_an_extra_cannot_take_the_place_of_the_event(configured: Configure) -> None:
    sink = configured("json")
    log.info("listener failed", extra={"event": "SignedIn"})

    entry = sink.entry()
    assert entry["event"] == "listener failed"
    assert entry["event_"] == "SignedIn"


@pytest.mark.fault
def test_a_sink_that_blocks_makes_nobody_wait_and_the_loss_is_counted() -> None:
    opened = threading.Event()
    lines: list[str] = []

    def write(line: bytes) -> None:
        opened.wait(30)
        lines.append(line.decode())

    handler = QueueingHandler(write, capacity=10)
    for number in range(1000):
        handler.handle(logging.makeLogRecord({"msg": f"{number}", "levelno": 20}))

    assert handler.dropped >= 989
    opened.set()
    handler.close()
    assert "log entries were dropped\n" in lines


def test_a_sink_that_fails_does_not_stop_the_log() -> None:
    lines: list[str] = []

    def write(line: bytes) -> None:
        if line == b"bad\n":
            raise OSError
        lines.append(line.decode())

    handler = QueueingHandler(write)
    for text in ("bad", "good"):
        handler.handle(logging.makeLogRecord({"msg": text, "levelno": 20}))
    handler.close()

    assert lines == ["good\n"]


def test_loggers_that_repeat_statements_are_quiet(configured: Configure) -> None:
    sink = configured("json")
    logging.getLogger("aiosqlite").debug("executing s3cret")

    assert sink.read() == []
