"""Hears what the services under attack write into their logs."""

import logging
from collections.abc import Iterator

from keywright.shared.log_lines import LineFormatter
from keywright.shared.logging import TALKATIVE
from tests.security.watch import Watch


class Lines(logging.Handler):
    """Keeps log entries in the form that production writes."""

    def __init__(self, watch: Watch) -> None:
        """Append to the lines of *watch*."""
        super().__init__()
        self._watch = watch
        self.setFormatter(LineFormatter("json"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep *record*."""
        self._watch.lines.append(self.format(record))

    def listen(self) -> Iterator[None]:
        """Hear what a production service that is told to be talkative writes."""
        root = logging.getLogger()
        names = {"": root.level, **dict.fromkeys(TALKATIVE, logging.NOTSET)}
        former = {name: logging.getLogger(name).level for name in names}
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        yield
        root.removeHandler(self)
        for name, level in former.items():
            logging.getLogger(name).setLevel(level)
