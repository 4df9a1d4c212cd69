"""Fail unless every decision is tested: policies and services at 100 % of branches.

python -m tools.coverage_gate [REPORT]      the JSON report of coverage
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

SHOWN = 8
REPORT = Path(".cache/coverage/report.json")
DECISIONS = re.compile(r"(^|/)keywright/features/\w+/(policy|service)\.py$")


class Measured(TypedDict):
    """What the report says of one file."""

    missing_lines: Sequence[int]
    missing_branches: Sequence[Sequence[int]]


def gaps(files: Mapping[str, Measured]) -> Iterator[str]:
    """Yield a line for each policy or service with a line or branch never taken."""
    for path, measured in sorted(files.items()):
        lines, branches = measured["missing_lines"], measured["missing_branches"]
        if DECISIONS.search(path) and (lines or branches):
            arrows = [f"{start}->{end}" for start, end in branches]
            yield f"{path}: lines {_some(lines)}; branches {_some(arrows)}"


def _some(things: Sequence[object]) -> str:
    more = f" and {len(things) - SHOWN} more" if len(things) > SHOWN else ""
    return (", ".join(map(str, things[:SHOWN])) or "none") + more


def main(arguments: Sequence[str]) -> int:
    """Return 1 and print the gaps if there are any."""
    report = Path(arguments[0]) if arguments else REPORT
    files = json.loads(report.read_text("utf-8"))["files"]
    checked = [path for path in files if DECISIONS.search(path)]
    found = list(gaps(files))
    for line in found or [f"{len(checked)} policies and services: every branch taken."]:
        print(line)
    return 1 if found or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
