"""The score as a page of the documentation."""

from collections.abc import Iterator, Mapping, Sequence

from tools.asvs.requirements import Requirement

WRITE = "python -m tools.asvs --page > docs/asvs.md"
LEVELS = (1, 2, 3)
HEAD = f"""# The score

OWASP ASVS 5.0, the requirements that apply to an authentication server, in our
own words. One counts when a test names it ([how](security.md#the-score)). A test
compares this page, which is written by `{WRITE}`."""
UNBUILT = {
    "e": "second factors, organizations and API keys are not built",
    "o": "the service is no OpenID provider for others",
}
UNWRITTEN = "no test holds a page to it so far"
UNTESTED = "no test names it so far"

Rows = Sequence[Requirement]
Tests = Mapping[str, Sequence[str]]


def page(rows: Rows, tests: Tests) -> Iterator[str]:
    """Yield the lines of the page."""
    yield HEAD
    yield f"\n{_of(rows, tests)} requirements have a test.\n"
    yield "| | level 1 | level 2 | level 3 |\n|---|---|---|---|"
    core = [row for row in rows if row.stage == "c"]
    yield _counted("all", rows, tests)
    yield _counted("core", core, tests)
    for chapter in dict.fromkeys(row.chapter for row in rows):
        yield _counted(chapter, [row for row in rows if row.chapter == chapter], tests)
    yield "\n## Open on level 1 and 2\n"
    yield "| | Level | Requirement | Why it is open |\n|---|---|---|---|"
    for row in rows:
        if row.level < LEVELS[-1] and not tests.get(row.id):
            yield f"| {row.id} | {row.level} | {row.text} | {_reason(row)} |"


def _counted(name: str, rows: Rows, tests: Tests) -> str:
    cells = [_of([row for row in rows if row.level == n], tests) for n in LEVELS]
    return f"| {name} | {' | '.join(cells)} |"


def _of(rows: Rows, tests: Tests) -> str:
    proved = sum(bool(tests.get(row.id)) for row in rows)
    return f"{proved} of {len(rows)}" if rows else "-"


def _reason(row: Requirement) -> str:
    return UNBUILT.get(row.stage, UNWRITTEN if row.proof == "D" else UNTESTED)
