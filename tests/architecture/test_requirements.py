import re
import tomllib
from collections.abc import Iterator

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ]+)(?: ; .+)? \\$")


def pins(name: str) -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in lines(name):
        if found := PIN.match(line):
            versions.setdefault(canonicalize_name(found[1]), set()).add(found[2])
    return versions


def lines(name: str) -> list[str]:
    return (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").splitlines()


def declared() -> Iterator[tuple[str, Requirement]]:
    """Yield each requirement with the file that must pin it."""
    base = PROJECT["project"]["dependencies"]
    extras = [text for texts in EXTRAS.values() for text in texts]
    groups = ("dev", "test", "servers", "browser")
    tests = [text for name in groups for text in GROUPS[name]]
    contents = {
        "base": base,
        "test": [*base, *extras, *tests],
        "bench": GROUPS["bench"],
        "docs": GROUPS["docs"],
    }
    for file, texts in contents.items():
        for requirement in map(Requirement, texts):
            if requirement.name != PROJECT["project"]["name"]:
                yield file, requirement


@pytest.mark.parametrize(("file", "requirement"), list(declared()))
def test_what_is_declared_is_pinned(file: str, requirement: Requirement) -> None:
    versions = pins(file).get(canonicalize_name(requirement.name), set())
    assert versions, "run make lock"
    assert all(requirement.specifier.contains(version) for version in versions)


@pytest.mark.parametrize("file", ["base", "test", "bench", "docs"])
def test_every_pin_has_digests_and_no_line_an_address(file: str) -> None:
    found = lines(file)
    assert not [line for line in found if "://" in line]
    assert not [
        line for line in found if not re.match(r"    --hash=sha256:|\S+==", line)
    ]
    for line, following in zip(found, [*found[1:], ""], strict=True):
        if not line.startswith(" "):
            assert PIN.match(line), line
            assert following.startswith("    --hash=sha256:"), line


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    tested = pins("test")
    assert {name: tested.get(name) for name in pins("base")} == pins("base")


def test_all_leaves_out_only_what_is_no_default() -> None:
    (all_of_it,) = [set().union(*(Requirement(text).extras for text in EXTRAS["all"]))]
    assert set(EXTRAS) - all_of_it == {"all", "psycopg", "granian"}
