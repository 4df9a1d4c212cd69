"""Users of another system come with their passwords."""

import json

import pytest

from tests.cli.conftest import Call, Outcome

PASSWORD = "U*U"
HASH = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"


def line(email: str = "ada@example.com", **members: object) -> str:
    """Return a good line, with *members*."""
    return json.dumps({"email": email, "name": "Ada", **members})


def imported(call: Call, *lines: str, options: tuple[str, ...] = ()) -> Outcome:
    """Import *lines*."""
    return call("users", "import", "-", *options, given="\n".join(lines))


def test_users_are_added_once(call: Call) -> None:
    lines = (line(passwordHash=HASH), "", line("bob@example.com", role="admin"))

    first = imported(call, *lines, options=("--json",))
    again = imported(call, *lines, options=("--json",))

    assert json.loads(first.out) == {"added": 2, "known": 0}
    assert json.loads(again.out) == {"added": 0, "known": 2}


def test_a_dry_run_adds_nobody(call: Call) -> None:
    for _ in range(2):
        tried = imported(call, line(), options=("--dry-run",))

        assert (tried.code, tried.out) == (
            0,
            "1 would be added, 0 were there before.\n",
        )


@pytest.mark.parametrize(
    ("bad", "member"),
    [
        ("{", "Invalid JSON"),
        ("[]", "object"),
        (line("ada"), "email"),
        (line(name=""), "name"),
        (line(role="ROOT USER"), "role"),
        (line(passwordHash="s3cret in the clear"), "passwordHash"),
        (line(passwordHash=7), "passwordHash"),
        (line(createdAt="2020-01-01T00:00:00"), "createdAt"),
        (line(isAdmin=True), "isAdmin"),
        (line("ADA@example.com"), "earlier line"),
    ],
)
def test_one_bad_line_keeps_everybody_out(call: Call, bad: str, member: str) -> None:
    refused = imported(call, line(), bad)
    then = imported(call, line(), options=("--json",))

    assert refused.code == 1
    assert "line 2: " in refused.err
    assert member in refused.err
    assert "s3cret" not in refused.err
    assert json.loads(then.out) == {"added": 1, "known": 0}
