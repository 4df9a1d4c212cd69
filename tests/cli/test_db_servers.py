"""`keywright db` on every database server, from nothing and back to it."""

import json
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.cli.conftest import Call
from tests.mysql_server import mysql_url
from tests.servers import mongo_url, postgres_url

KINDS = {"PostgreSQL": postgres_url, "MySQL": mysql_url, "MongoDB": mongo_url}


def beside(kind: str) -> str:
    """Return the address of a database that only these tests use."""
    parts = urlsplit(KINDS[kind]())
    return urlunsplit(parts._replace(path=f"{parts.path}_cli_db"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_is_made_checked_taken_back_and_dropped(
    call: Call, kind: str
) -> None:
    assert call("db", "drop", "--yes", AUTH_DATABASE_URL=beside(kind)).code == 0
    assert [call("db", "create").code for _ in range(2)] == [0, 0]
    assert json.loads(call("db", "current", "--json").out)["current"] is None
    unmade = call("db", "check")
    assert (unmade.code, "keywright db migrate" in unmade.err) == (1, True)

    assert [call("db", "migrate").code for _ in range(2)] == [0, 0]
    assert call("db", "check").code == 0
    found = json.loads(call("db", "current", "--json").out)
    assert found["current"] == found["newest"]
    examined = call("doctor")
    assert f"{kind} at {found['newest']}" in examined.out, examined.err

    assert call("db", "revert", "base", "--yes").code == 0
    assert json.loads(call("db", "current", "--json").out)["current"] is None
    assert call("db", "migrate").code == 0
    assert [call("db", "drop", "--yes").code for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_not_there_is_told_without_its_address(
    call: Call, kind: str
) -> None:
    parts = urlsplit(beside(kind))
    nowhere = urlunsplit(parts._replace(netloc="u:s3cret@127.0.0.1:1"))

    failed = call("db", "check", AUTH_DATABASE_URL=nowhere)

    assert failed.code == 1
    assert "Traceback" not in failed.err
    assert "s3cret" not in failed.out + failed.err
