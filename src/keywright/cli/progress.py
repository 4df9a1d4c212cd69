"""Say what is under way, where somebody watches and it may take a while."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def working(text: str, *, is_quiet: bool = False) -> Iterator[None]:
    """Show *text* with a moving sign until the block ends.

    Only on a terminal, on standard error: what is printed can be piped. Nothing is
    shown if *is_quiet*, nor where questions are asked meanwhile.
    """
    if is_quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


def milestones(width: int) -> Callable[[str, int], bool]:
    """Return what says whether a count of that name has reached a new step of *width*.

    Once for each step, though the count may pass several at once.
    """
    reached: dict[str, int] = {}

    def is_due(name: str, count: int) -> bool:
        step = count // width
        is_new = step > reached.get(name, 0)
        reached[name] = step
        return is_new

    return is_due
