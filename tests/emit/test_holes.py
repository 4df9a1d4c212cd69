import pytest

from keywright.emit.holes import holes
from keywright.emit.lock import Entry, Lock
from keywright.registry.advisories import Advisory

HOLE = Advisory("2026-1", "tokens of no algorithm", "1.10.0", "shared.jwt")


def lock(version: str, *, path: str, layout: str = "feature") -> Lock:
    entry = Entry(version, {"layout": layout}, {path: "sha256:1"})
    return Lock({"component/jwt-utils": entry})


@pytest.mark.parametrize("version", ["1.9.9", "0.1", "1.9.9rc1"])
def test_an_older_copy_of_the_module_is_concerned(version: str) -> None:
    found = holes(lock(version, path="shop/shared/jwt.py"), [HOLE])
    assert found == [("component/jwt-utils", HOLE)]


@pytest.mark.parametrize("version", ["1.10.0", "1.10.1", "2.0"])
def test_one_of_a_release_that_closed_it_is_not(version: str) -> None:
    assert holes(lock(version, path="shop/shared/jwt.py"), [HOLE]) == []


def test_the_module_is_found_in_its_place_of_the_other_layout() -> None:
    old = lock("1.0", path="src/shop/core/jwt.py", layout="mvc")
    assert holes(old, [HOLE]) != []


def test_a_project_without_the_module_is_not_concerned() -> None:
    assert holes(lock("1.0", path="shop/shared/my_jwt.py"), [HOLE]) == []


def test_a_hole_of_everything_concerns_everything() -> None:
    everywhere = Advisory("2026-2", "all of it", "1.1")
    assert holes(lock("1.0", path="shop/x.py"), [everywhere]) != []
