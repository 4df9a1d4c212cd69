"""Marks what depends on how a store behaves when many come at once."""

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test", bound=Callable[..., object])


def everywhere(test: Test) -> Test:
    """Let *test* run on every storage, not on SQLite alone."""
    vars(test)["runs_everywhere"] = True
    return test
