"""`serve`: check everything once, then run the blueprint in one worker or several."""

import asyncio
import logging
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.service.application import MAILBOX_PATH, build, has_mailbox
from keywright.service.database import kind_of, prepare
from keywright.service.log_setup import set_up_logs
from keywright.service.server import Worker
from keywright.service.settings import service_settings
from keywright.service.sockets import reserve
from keywright.service.supervisor import Supervisor
from keywright.service.worker import Order, logs_access

log = logging.getLogger(__name__)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Serving:
    """What `serve` is asked to do; *flags* win over the environment.

    Requests get *header_seconds* for their headers. *say* shows the addresses to a
    person, outside of production.
    """

    say: Say
    flags: dict[str, str | int] = field(default_factory=dict)
    header_seconds: float = 10.0


def serve(serving: Serving) -> int:
    """Serve until SIGTERM or SIGINT and return the exit code.

    Raise `SettingsInvalid` or `Failure` before anything listens.
    """
    os.umask(0o077)
    settings = service_settings(**serving.flags)
    with closing(set_up_logs(settings)):
        asyncio.run(prepare(settings))
        listener = reserve(settings.host, settings.port, workers=settings.workers)
        with closing(listener):
            port = listener.getsockname()[1]
            order = Order({**serving.flags, "port": port}, serving.header_seconds)
            settings = service_settings(**order.flags)
            announce = partial(_announce, settings, serving.say)
            if settings.workers > 1:
                supervisor = Supervisor(settings.workers, order.as_mapping(), announce)
                return asyncio.run(supervisor.run())
            return Worker(
                app=build(settings),
                listener=listener,
                on_ready=announce,
                header_seconds=serving.header_seconds,
                logs_access=logs_access(settings),
            ).run()


def _announce(settings: AuthSettings, say: Say) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if settings.is_production:
        facts = {"host": host, "port": settings.port, "workers": settings.workers}
        log.info("serving", extra=facts)
        return
    for line in _lines(settings, f"http://{host}:{settings.port}"):
        say(line)


def _lines(settings: AuthSettings, address: str) -> Sequence[str]:
    sessions = settings.sessions_beside or "in the database"
    database = kind_of(settings.database_url.get_secret_value())
    lines = [
        f"keywright {version('keywright')}, {settings.blueprint}, {settings.env}",
        f"  Service   {address}",
        f"  Docs      {address}/api/docs",
        f"  Mailbox   {address}{MAILBOX_PATH}" if has_mailbox(settings) else "",
        f"  Database  {database}, sessions {sessions}",
        f"  Workers   {settings.workers}; stop with Ctrl-C",
    ]
    return [line for line in lines if line]
