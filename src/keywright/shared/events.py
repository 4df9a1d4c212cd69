"""Events: what happened, told to listeners that cannot undo it."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

log = logging.getLogger(__name__)


class Event(Protocol):
    """A frozen dataclass of ids; its class name is the name of the event."""


Listener = Callable[[Event], Awaitable[None]]
Publish = Callable[[Event], Awaitable[None]]


class Publisher:
    """Hands each event to every listener, one after the other."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        """Take the *listeners* in the order in which they are told."""
        self._listeners = tuple(listeners)

    async def __call__(self, event: Event) -> None:
        """Tell every listener; one that fails is logged and stops nothing."""
        for listener in self._listeners:
            try:
                await listener(event)
            except Exception:
                log.exception("listener failed", extra={"event": type(event).__name__})
