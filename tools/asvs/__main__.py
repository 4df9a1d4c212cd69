"""Print which requirements of ASVS 5.0 are proved, and by which tests.

python -m tools.asvs [--brief | --page] [FOLDER]   FOLDER of the tests, or `tests`

`--page` prints the page of the documentation instead.

Exit code 1 if a test names an id that is not listed, or a mark is on no test.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tools.asvs.evidence import Evidence
from tools.asvs.page import page
from tools.asvs.requirements import Requirement, requirements

Rows = Sequence[Requirement]
STAGES = {"c": "core", "e": "factors and organizations", "o": "provider"}
PROOFS = {"B": "from outside", "G": "rows and logs", "S": "static", "D": "document"}


def faults(evidence: Evidence, rows: Mapping[str, Requirement]) -> Iterator[str]:
    """Yield what is wrong with the marks."""
    yield from evidence.faults
    for unknown in evidence.tests.keys() - rows.keys():
        for test in evidence.tests[unknown]:
            yield f"{test}: {unknown} is not listed"


def board(rows: Rows, tests: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield every row with its tests, chapter by chapter."""
    for chapter in dict.fromkeys(row.chapter for row in rows):
        here = [row for row in rows if row.chapter == chapter]
        yield f"\n{chapter}: {score(here, tests)}"
        for row in here:
            state = "proved" if tests.get(row.id) else "open"
            yield f"  {row.id:<8} L{row.level} {state:<7}{row.text}"
            yield from (f"{'':13}{test}" for test in tests.get(row.id, ()))


def totals(rows: Rows, tests: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the counts: of all, and by chapter, level, stage and kind of proof."""
    splits: dict[str, Callable[[Requirement], str]] = {
        "chapter": lambda row: row.chapter,
        "level": lambda row: f"level {row.level}",
        "stage": lambda row: STAGES[row.stage],
        "proof": lambda row: PROOFS[row.proof],
    }
    for name, key in splits.items():
        yield f"\nby {name}"
        for part in sorted({key(row) for row in rows}, key=_numbered):
            of_part = [row for row in rows if key(row) == part]
            yield f"  {part:<36} {score(of_part, tests):>10}"
    yield f"\nASVS 5.0: {score(rows, tests)} requirements have a test"


def score(rows: Rows, tests: Mapping[str, Sequence[str]]) -> str:
    """Return how many of *rows* have a test, as `N of M`."""
    return f"{sum(bool(tests.get(row.id)) for row in rows)} of {len(rows)}"


def main(arguments: Sequence[str]) -> int:
    """Print the scoreboard and return the exit code."""
    folders = [one for one in arguments if not one.startswith("--")]
    evidence, rows = Evidence(), requirements()
    evidence.read(Path(folders[0] if folders else "tests"))
    listed = list(rows.values())
    if "--page" in arguments:
        print(*page(listed, evidence.tests), sep="\n")
    else:
        if "--brief" not in arguments:
            print(*board(listed, evidence.tests), sep="\n")
        print(*totals(listed, evidence.tests), sep="\n")
    wrong = sorted(faults(evidence, rows))
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


def _numbered(part: str) -> tuple[int, str]:
    word = part.split(maxsplit=1)[0]
    return (int(word[1:]) if word[1:].isdigit() else 0, part)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
