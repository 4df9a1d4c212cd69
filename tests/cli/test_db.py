import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.servers import mongo_url


def test_a_database_is_made_and_brought_up_to_date(call: Call) -> None:
    assert call("db", "create").code == 0
    assert json.loads(call("db", "current", "--json").out)["current"] is None
    assert call("db", "migrate").code == 0

    found = json.loads(call("db", "current", "--json").out)
    assert found["current"] == found["newest"]
    assert call("db", "check").code == 0


def test_tables_of_another_revision_fail_the_check(call: Call) -> None:
    call("db", "create")
    checked = call("db", "check")

    assert checked.code == 1
    assert "keywright db migrate" in checked.err
    assert json.loads(call("db", "check", "--json").out)["differences"]


def test_migrations_need_the_address_of_the_database_and_no_more(
    call: Call, tmp_path: Path
) -> None:
    done = call(
        *("db", "migrate"),
        AUTH_ENV="production",
        AUTH_DATABASE_URL=f"sqlite:///{tmp_path}/users.db",
    )
    assert done.code == 0
    assert (tmp_path / "users.db").exists()
    assert not (tmp_path / ".keywright").exists()


def test_production_names_its_database(call: Call) -> None:
    failed = call("db", "migrate", AUTH_ENV="production")

    assert failed.code == 1
    assert "AUTH_DATABASE_URL" in failed.err


def test_tables_are_taken_back_and_the_database_is_dropped(
    call: Call, tmp_path: Path
) -> None:
    call("db", "migrate")
    assert call("db", "revert", "base", "--yes").code == 0
    assert json.loads(call("db", "current", "--json").out)["current"] is None

    assert call("db", "drop", "--yes").code == 0
    assert not (tmp_path / ".keywright" / "keywright.db").exists()


@pytest.mark.parametrize("arguments", [("drop",), ("revert", "base")])
def test_nothing_is_lost_without_consent(
    call: Call, arguments: tuple[str, ...]
) -> None:
    call("db", "migrate")

    assert call("db", *arguments).code == 2
    assert call("db", "check").code == 0


def test_an_unknown_revision_is_told(call: Call) -> None:
    call("db", "migrate")
    failed = call("db", "revert", "9999", "--yes")

    assert failed.code == 2
    assert "There is no revision 9999" in failed.err


def test_a_database_that_is_none_is_told_without_its_address(call: Call) -> None:
    failed = call("db", "migrate", AUTH_DATABASE_URL="oracle://u:s3cret@host/db")

    assert failed.code == 1
    assert "postgresql://" in failed.err
    assert "s3cret" not in failed.err


def test_mongodb_is_brought_up_to_date_and_taken_back(call: Call) -> None:
    url = mongo_url("_cli")
    call("db", "drop", "--yes", AUTH_DATABASE_URL=url)
    assert call("db", "create").code == 0
    assert call("db", "check").code == 1
    assert call("db", "migrate").code == 0
    assert call("db", "check").code == 0

    found = json.loads(call("db", "current", "--json").out)
    assert found["current"] == found["newest"]
    examined = call("doctor")
    assert examined.code == 0, examined.err
    assert f"MongoDB at {found['newest']}" in examined.out

    assert call("db", "revert", "0001", "--yes").code == 2
    assert call("db", "revert", "base", "--yes").code == 0
    assert json.loads(call("db", "current", "--json").out)["current"] is None
    assert call("db", "drop", "--yes").code == 0


def test_an_address_of_mongodb_that_is_none_is_told_without_itself(call: Call) -> None:
    failed = call("db", "migrate", AUTH_DATABASE_URL="mongodb://u:s3cret@host:port/db")

    assert failed.code == 1
    assert "mongodb://user" in failed.err
    assert "s3cret" not in failed.err
