"""`doctor --online`: newer, withdrawn and unsafe releases, by a real index."""

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Outcome
from tests.emit.index import Index, served

OWN = version("keywright")
HOLE = {"id": "GHSA-aaaa-bbbb", "fixed_in": ["9.0"], "withdrawn": None}
WITHDRAWN = {**HOLE, "withdrawn": "2026-01-01T00:00:00Z"}


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """Return the folder that the index serves."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def index(wheels: Path) -> Iterator[Index]:
    """Yield an index."""
    with served(wheels) as found:
        yield found


@pytest.fixture(autouse=True)
def component(call: Call) -> None:
    """Copy a component into the folder of the test."""
    assert call("add", "component", "cors", "--yes", "--package", "shop").code == 0


def say(
    wheels: Path, newest: str, *holes: Mapping[str, object], yanked: bool = False
) -> None:
    """Let the index say this of the newest release and of the one in use."""
    whole = {"info": {"version": newest, "yanked": False}}
    own = {"info": {"version": OWN, "yanked": yanked}, "vulnerabilities": holes}
    (wheels / "keywright.json").write_text(json.dumps(whole), encoding="utf-8")
    (wheels / f"keywright-{OWN}.json").write_text(json.dumps(own), encoding="utf-8")


def asked(call: Call, index: Index) -> Outcome:
    """Return how the command ends that asks *index*."""
    return call("doctor", "--online", "--index", f"{index.address}/simple/")


def test_the_newest_release_without_holes_is_well(
    call: Call, index: Index, wheels: Path
) -> None:
    say(wheels, OWN, WITHDRAWN)
    examined = asked(call, index)
    assert examined.code == 0, examined.err
    assert f"{OWN} is the newest" in examined.out


def test_a_newer_release_is_told_and_is_no_problem(
    call: Call, index: Index, wheels: Path
) -> None:
    say(wheels, "99.1")
    examined = asked(call, index)
    assert examined.code == 0, examined.err
    assert "install 99.1, then: keywright upgrade" in examined.out


@pytest.mark.parametrize(
    ("holes", "yanked", "says"),
    [
        ([HOLE], False, "known holes: GHSA-aaaa-bbbb (closed in 9.0); install 99.1"),
        ([], True, "was withdrawn; install 99.1"),
    ],
)
def test_an_unsafe_or_withdrawn_release_is_a_problem(
    call: Call,
    index: Index,
    wheels: Path,
    *,
    holes: list[Mapping[str, object]],
    yanked: bool,
    says: str,
) -> None:
    say(wheels, "99.1", *holes, yanked=yanked)
    examined = asked(call, index)
    assert examined.code == 1
    assert f"WRONG release    {OWN} " in examined.err
    assert says in examined.err


@pytest.mark.attack
def test_what_an_index_names_reaches_no_terminal_unless_it_is_plain(
    call: Call, index: Index, wheels: Path
) -> None:
    say(wheels, "99\x1b]0;x\x07", {**HOLE, "id": "x\x1b[2J", "fixed_in": ["\n9"]})
    examined = asked(call, index)
    assert examined.code == 1
    assert "\x1b" not in examined.out + examined.err
    assert "(a name that cannot be shown)" in examined.err


@pytest.mark.parametrize("content", [None, "<html>", "[]", '{"info": {}}'])
def test_an_index_that_knows_nothing_is_a_warning(
    call: Call, index: Index, wheels: Path, content: str | None
) -> None:
    if content is not None:
        (wheels / "keywright.json").write_text(content, encoding="utf-8")
    examined = asked(call, index)
    assert examined.code == 0, examined.err
    assert "?     release    not known from the index: it" in examined.err
    assert "Traceback" not in examined.err


def test_a_version_that_the_index_does_not_have_is_a_warning(
    call: Call, index: Index, wheels: Path
) -> None:
    say(wheels, "99.1")
    (wheels / f"keywright-{OWN}.json").unlink()
    examined = asked(call, index)
    assert examined.code == 0
    assert f"it does not know {OWN}; 99.1 is its newest" in examined.err


@pytest.mark.parametrize("address", ["http://u:s3cret@127.0.0.1:1", "ftp://u:s3cret@x"])
def test_an_index_that_cannot_be_asked_is_a_warning_without_its_secret(
    call: Call, address: str
) -> None:
    examined = call("doctor", "--online", "--json", KEYWRIGHT_INDEX=address)
    assert examined.code == 0, examined.err
    (found,) = (
        one for one in json.loads(examined.out)["findings"] if one["name"] == "release"
    )
    assert not found["is_known"]
    assert "s3cret" not in examined.out + examined.err


def test_nobody_is_asked_unless_somebody_says_so(
    call: Call, index: Index, wheels: Path
) -> None:
    say(wheels, "99.1")
    assert call("doctor", KEYWRIGHT_INDEX=index.address).code == 0
    assert index.asked == []


def test_without_an_index_it_is_wrong_usage(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KEYWRIGHT_INDEX", "UV_DEFAULT_INDEX", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    examined = call("doctor", "--online")
    assert examined.code == 2
    assert "--index" in examined.err
