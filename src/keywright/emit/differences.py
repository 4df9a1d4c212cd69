"""What a plan would change in files that are there, as a unified diff."""

import difflib
from collections.abc import Iterator

from keywright.emit.changes import Prepared, State


def differences(prepared: Prepared) -> Iterator[str]:
    """Yield the difference of each file that changes; new files are not repeated.

    `.env` is left out: what it gets is secret, and made when it is written.
    """
    project = prepared.project
    for step in prepared.steps:
        if step.state in {State.UPDATED, State.CHANGED}:
            content = project.content(step.path) or b""
            yield unified(step.path, content.decode("utf-8", "replace"), step.text)
    for path, text in prepared.plan.edits.items():
        yield unified(path, project.texts.get(path, ""), text)


def unified(path: str, before: str, after: str) -> str:
    """Return the unified difference between two texts of *path*."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"a/{path}" if before else "/dev/null",
        f"b/{path}" if after else "/dev/null",
    )
    ended = (line if line.endswith("\n") else f"{line}\n" for line in lines)
    return "".join(ended)
