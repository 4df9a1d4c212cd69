"""The page about error codes names every one, and no other, with its status."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from keywright.shared.errors import AuthError

PAGE = Path("docs/errors.md")
SOURCE = Path("src")
ROW = re.compile(r"^\| `(\w+)` \| (\d{3}) \| \S.* \|$", re.MULTILINE)
CODE = re.compile(r'^    code(?:, status, title = |(?:: .+)? = ")', re.MULTILINE)
HOMES = {"errors", "unparsed"}
"""The modules that make refusals."""


def refusals(kind: type[AuthError] = AuthError) -> Iterator[type[AuthError]]:
    """Yield every kind of refusal of ours."""
    for one in kind.__subclasses__():
        if one.__module__.startswith("keywright."):
            yield one
        yield from refusals(one)


def test_the_page_names_exactly_the_codes_there_are_with_their_status() -> None:
    for file in sorted(SOURCE.rglob("*.py")):
        if "AuthError" in file.read_text("utf-8") and file.stem in HOMES:
            import_module(".".join(file.relative_to(SOURCE).with_suffix("").parts))

    told = [
        (code, int(status)) for code, status in ROW.findall(PAGE.read_text("utf-8"))
    ]
    assert sorted(told) == sorted({(one.code, one.status) for one in refusals()})


def test_refusals_with_a_code_are_made_nowhere_else() -> None:
    makers = [
        file for file in SOURCE.rglob("*.py") if CODE.search(file.read_text("utf-8"))
    ]
    assert {file.stem for file in makers} == HOMES
