"""`python -m keywright.service.worker`: a worker process, ordered by its supervisor.

The order is one line of JSON on standard input, which then stays open: when it ends,
the supervisor is gone and the worker leaves. Standard output says when it is ready.
"""

import json
import os
import sys
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Final

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.service.application import build
from keywright.service.explain import explanation
from keywright.service.log_setup import set_up_logs
from keywright.service.server import Worker
from keywright.service.settings import service_settings
from keywright.service.sockets import share
from keywright.service.supervisor import READY

STANDARD_INPUT: Final = 0
STANDARD_OUTPUT: Final = 1


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is told: the flags of the command, the rest it reads itself."""

    flags: dict[str, str | int] = field(default_factory=dict)
    header_seconds: float = 10.0

    def as_mapping(self) -> dict[str, object]:
        """Return the order as plain data."""
        return asdict(self)


def main() -> int:
    """Serve as ordered; return the exit code."""
    order = Order(**json.loads(_read_line()))
    try:
        return _serve(order)
    except Exception as error:
        text = explanation(error)
        if text is None:
            raise
        sys.stderr.write(f"{text}\n")
        return 1


def _serve(order: Order) -> int:
    settings = service_settings(**order.flags)
    with closing(set_up_logs(settings)):
        return Worker(
            app=build(settings),
            listener=share(settings.host, settings.port),
            on_ready=_say_ready,
            header_seconds=order.header_seconds,
            logs_access=logs_access(settings),
            follows_parent=True,
        ).run()


def logs_access(settings: AuthSettings) -> bool:
    """Say whether requests are logged: their addresses may hold mailed tokens."""
    return settings.debug and not settings.is_production


def _say_ready() -> None:
    os.write(STANDARD_OUTPUT, READY)


def _read_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(STANDARD_INPUT, 1)
        if not piece:
            break
        line += piece
    return line


if __name__ == "__main__":
    sys.exit(main())
