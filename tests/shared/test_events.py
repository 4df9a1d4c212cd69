"""What happened is told to listeners that cannot undo it."""

import logging
from dataclasses import dataclass

import pytest

from keywright.shared.events import Event, Publisher


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened."""

    secret: str = "s3cr3t"


async def test_every_listener_is_told_in_order() -> None:
    told: list[tuple[str, Event]] = []

    async def first(event: Event) -> None:
        told.append(("first", event))

    async def second(event: Event) -> None:
        told.append(("second", event))

    await Publisher([first, second])(Happened())

    assert told == [("first", Happened()), ("second", Happened())]


async def test_a_listener_that_fails_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[Event] = []

    async def fail(_: Event) -> None:
        message = "broken"
        raise RuntimeError(message)

    async def listen(event: Event) -> None:
        told.append(event)

    with caplog.at_level(logging.ERROR):
        await Publisher([fail, listen])(Happened())

    assert told == [Happened()]
    (record,) = caplog.records
    assert record.__dict__["event"] == "Happened"
    assert "s3cr3t" not in record.getMessage()


async def test_without_listeners_nothing_happens() -> None:
    await Publisher([])(Happened())
