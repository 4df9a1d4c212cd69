"""Nothing is noted of what was answered: nobody asks for that here."""

from collections.abc import Mapping

from tests.blueprints.harness import Service


def note(services: Mapping[str, Service], *, process: str) -> None:
    """Do nothing with what *services* answered in this *process*."""
