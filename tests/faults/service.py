"""A service in a process of its own that tests kill at any moment and start again."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from types import TracebackType
from typing import Self

from httpx2 import AsyncClient, HTTPError, Response

from keywright.migrations.choice import runner_of
from tests.blueprints.servers import free_port, ready, without_settings

AUTH = "/api/v1/auth"
BEARER = {"X-Token-Transport": "bearer"}
PASSWORD = "difference engine no. 2"
ROUNDS = int(os.environ.get("FAULT_ROUNDS", "3"))
LONGEST_PAUSE = 0.02


class Killable:
    """The service on the stores of *environment*; its clock can be moved."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._mails = folder / "mails"
        self.clock_file = folder / "clock"
        self._log = folder / "service.log"
        self._port = free_port()
        self.origin = f"http://127.0.0.1:{self._port}"
        self.environment = {
            "AUTH_ENV": "test",
            "AUTH_SECRET": "fault-5f1c0a7d9e3b4862a1d7c5e9f0b3a264",
            "AUTH_PUBLIC_URL": self.origin,
            "AUTH_MAIL_URL": f"file:{self._mails}",
            "AUTH_TEST_CLOCK": str(self.clock_file),
            "AUTH_RATE_LIMITS": "off",
            "AUTH_REFRESH_RETRY_WINDOW": "60s",
            "AUTH_MAX_SESSIONS": "1000",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        url = self.environment["AUTH_DATABASE_URL"]
        await runner_of(url).create(url)
        await runner_of(url).migrate(url)
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    async def start(self) -> None:
        """Start the process and return once it is ready."""
        command = [
            *(sys.executable, "-m", "uvicorn", "--factory"),
            *("tests.blueprints.served:app", "--host", "127.0.0.1"),
            *("--port", str(self._port), "--log-level", "warning"),
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env={**without_settings(), **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        await ready(self.origin)

    def kill(self) -> None:
        """End the process by SIGKILL."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def client(self) -> AsyncClient:
        """Return a client that waits longer than the service does for its stores."""
        return AsyncClient(base_url=self.origin, headers=BEARER, timeout=30)

    def advance(self, time: timedelta) -> None:
        """Move the service's clock."""
        passed = (
            float(self.clock_file.read_text() or 0) if self.clock_file.exists() else 0.0
        )
        self.clock_file.write_text(str(passed + time.total_seconds()))

    def code_for(self, address: str) -> str | None:
        """Return the code last mailed to *address*, or None."""
        for path in sorted(self._mails.glob("*.eml"), reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = mail.get_body(("plain",))
            if mail["To"] == address and body is not None:
                found = re.search(r"\b\d{6}\b", body.get_content())
                if found:
                    return found[0]
        return None


async def post(client: AsyncClient, path: str, body: object) -> Response | None:
    """Return the answer, or None if the connection broke."""
    try:
        return await client.post(f"{AUTH}/{path}", json=body)
    except HTTPError:
        return None


def data(response: Response) -> dict[str, str]:
    """Return the data of an answer in the envelope."""
    found: dict[str, str] = response.json()["data"]
    return found
