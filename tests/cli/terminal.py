"""A program on a terminal of its own, with somebody at the keys."""

import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from keywright.cli import main

WITHIN = 240.0
ENTER, SPACE, DOWN, BACKSPACE = "\r", " ", "\x1b[B", "\b"
CTRL_C, CTRL_D = "\x03", "\x04"
_CONTROLS = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[@-Z\\-_])")
_TAKE_IT = """
import os, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
"""
"""A new session has the first terminal that it opens: then Ctrl-C reaches it."""


@dataclass(slots=True)
class Terminal:
    """What a program shows on *screen*, and its keys."""

    process: subprocess.Popen[bytes]
    screen: int
    shown: str = field(default="", init=False)
    seen: int = field(default=0, init=False)

    def expect(self, text: str) -> None:
        """Return once *text* was shown, after what was expected before."""
        self._read(until=text)
        assert text in self.shown[self.seen :], self.shown
        self.seen = self.shown.index(text, self.seen) + len(text)

    def press(self, *keys: str) -> None:
        """Press *keys*, one after the other."""
        os.write(self.screen, "".join(keys).encode())

    def answer(self, question: str, *keys: str) -> None:
        """Press *keys* once *question* is shown."""
        self.expect(question)
        self.press(*keys)

    def end(self) -> int:
        """Return the exit code of the program, which ends by itself."""
        self._read(until=None)
        return self.process.wait(WITHIN)

    def _read(self, *, until: str | None) -> None:
        deadline = time.monotonic() + WITHIN
        ready = select.poll()  # select() takes no more than 1024 open files
        ready.register(self.screen, select.POLLIN)
        while until is None or until not in self.shown[self.seen :]:
            left = max(0.0, deadline - time.monotonic())
            if not ready.poll(left * 1000):
                raise TimeoutError(self.shown)
            try:
                read = os.read(self.screen, 65536)
            except OSError:
                return
            if not read:
                return
            self.shown = _CONTROLS.sub("", self.shown + read.decode("utf-8", "replace"))


@contextmanager
def on_a_terminal(
    *arguments: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[Terminal]:
    """Run the command line with *arguments* in *folder*, on a terminal of its own."""
    screen, inner = os.openpty()
    try:
        process = subprocess.Popen(
            _command(arguments),
            cwd=folder,
            env={**environment, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
    finally:
        os.close(inner)
    try:
        yield Terminal(process, screen)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
        os.close(screen)


def _command(arguments: Sequence[str]) -> Sequence[str]:
    return [sys.executable, "-c", _TAKE_IT, main.__name__, *arguments]
