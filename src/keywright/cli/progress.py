"""Say what is under way, where somebody watches and it may take a while."""

import sys
from collections.abc import Iterator
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
