import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.servers import cluster_url, redis_url
from tests.smtp_sink import SmtpSink


def findings(call: Call, **variables: str) -> dict[str, bool]:
    document = json.loads(call("doctor", "--json", **variables).out)
    return {finding["name"]: finding["is_good"] for finding in document["findings"]}


def test_a_working_service_is_found_well(call: Call) -> None:
    call("db", "migrate")
    examined = call("doctor")

    assert examined.code == 0, examined.err
    assert "SQLite at 0001" in examined.out
    assert "AVX2" in examined.out


def test_tables_that_are_not_there_are_a_problem(call: Call) -> None:
    call("db", "create")
    examined = call("doctor")

    assert examined.code == 1
    assert "SQLite has no tables" in examined.err
    assert "keywright db migrate" in examined.err


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("AUTH_DATABASE_URL", "postgresql://u:s3cret@127.0.0.1:1/db", "database"),
        ("AUTH_REDIS_URL", "redis://:s3cret@127.0.0.1:1/0", "redis"),
        ("AUTH_MAIL_URL", "smtp://u:s3cret@127.0.0.1:1", "mail"),
        ("AUTH_FILES_URL", "s3://u:s3cret@b/?endpoint=http://127.0.0.1:1", "files"),
        ("AUTH_FILES_URL", "cloudinary://u:s3cret@c?api=http://127.0.0.1:1", "files"),
        ("AUTH_FILES_URL", "file:/dev/null/avatars", "files"),
        ("AUTH_FILES_URL", "ftp://u:s3cret@127.0.0.1:1", "AUTH_FILES_URL"),
    ],
)
def test_what_does_not_answer_is_named_without_its_secret(
    call: Call, variable: str, value: str, name: str
) -> None:
    call("db", "migrate")
    examined = call("doctor", **{variable: value})

    assert examined.code == 1
    assert f"WRONG {name}" in examined.err
    if name in {"database", "redis", "mail"}:
        assert "at 127.0.0.1:1 " in examined.err
    assert "s3cret" not in examined.out + examined.err


def test_a_folder_for_pictures_that_can_be_written_is_found(call: Call) -> None:
    call("db", "migrate")
    assert findings(call)["files"]


def test_a_mail_server_that_answers_is_found(call: Call) -> None:
    call("db", "migrate")
    with SmtpSink() as sink:
        assert findings(call, AUTH_MAIL_URL=sink.url)["mail"]
        assert sink.messages() == []


def test_every_setting_is_reported_and_no_secret_shown(call: Call) -> None:
    call("db", "migrate")
    secret = "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"
    examined = call("doctor", "--json", AUTH_SECRET=secret, AUTH_MAX_SESSIONS="3")
    settings = {one["name"]: one for one in json.loads(examined.out)["settings"]}

    assert settings["AUTH_MAX_SESSIONS"]["value"] == "3"
    assert settings["AUTH_MAX_SESSIONS"]["is_set"]
    assert settings["AUTH_OTP_LIFETIME"]["value"] == "10m"
    assert settings["AUTH_SECRET"]["is_set"]
    assert settings["AUTH_SECRET"]["value"] is None
    assert secret not in examined.out + examined.err


def test_wrong_settings_are_all_listed_without_values(call: Call) -> None:
    examined = call("doctor", AUTH_SECRET="s3cret", AUTH_PORT="s3cret")

    assert examined.code == 1
    assert "WRONG AUTH_PORT" in examined.err
    assert "s3cret" not in examined.out + examined.err


@pytest.mark.parametrize("url", [redis_url, cluster_url])
def test_a_redis_that_would_lose_sessions_is_a_problem_unless_accepted(
    call: Call, url: Callable[[], str]
) -> None:
    call("db", "migrate")

    assert not findings(call, AUTH_REDIS_URL=url())["durability"]
    assert findings(call, AUTH_REDIS_DURABILITY="relaxed")["durability"]


def test_a_former_secret_is_pointed_out(call: Call) -> None:
    call("db", "migrate")
    first, second = (
        "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs",
        "b7Wm4cX1sV9eK6hN3rJ8zD5aG2qP0tYf",
    )

    assert "keys reseal" not in call("doctor", AUTH_SECRET=first).out
    examined = call("doctor", AUTH_SECRET=f"{second},{first}")

    assert examined.code == 0
    assert "2 are set; keywright keys reseal says" in examined.out
    assert first not in examined.out + examined.err


PRODUCTION = {
    "AUTH_ENV": "production",
    "AUTH_BLUEPRINT": "auth-service",
    "AUTH_SECRET": "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs",
    "AUTH_PUBLIC_URL": "https://id.example.com",
    "AUTH_DATABASE_URL": "sqlite:///users.db",
}


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, "console, printed"),
        ({"AUTH_MAIL_URL": "file:mails"}, "AUTH_MAIL_FROM is at localhost"),
    ],
)
def test_in_production_mail_that_reaches_nobody_is_a_problem(
    call: Call, variables: dict[str, str], told: str
) -> None:
    call("db", "migrate", **PRODUCTION)

    examined = call("doctor", **variables)

    assert examined.code == 1
    assert f"WRONG mail       {told}" in examined.err


def test_in_development_mail_may_be_printed(call: Call) -> None:
    call("db", "migrate")
    assert findings(call)["mail"]


def test_a_variable_that_nobody_reads_is_named_with_what_may_be_meant(
    call: Call,
) -> None:
    call("db", "migrate")
    examined = call(
        "doctor",
        AUTH_RATE_LIMIT="s3cret",
        AUTH_OAUTH_GITHUB_CLIENT_ID="id",
        AUTH_OAUTH_GITHUB_CLIENT_SECRET_FILE="/dev/null",
        AUTH_SECRET_FILE="",
    )

    told = "does not read AUTH_RATE_LIMIT; perhaps AUTH_RATE_LIMITS is meant"
    assert told in examined.out
    assert examined.out.count("does not read") == 1
    assert "s3cret" not in examined.out + examined.err


def test_a_misspelt_variable_is_named_though_others_are_wrong(call: Call) -> None:
    examined = call("doctor", AUTH_PORT="x", AUTH_MAIL_ULR="console:")

    assert "does not read AUTH_MAIL_ULR; perhaps AUTH_MAIL_URL" in examined.out
    assert "WRONG AUTH_PORT" in examined.err
    assert "AUTH_OTP_LIFETIME" not in examined.out


def test_the_blueprint_is_among_the_settings(call: Call) -> None:
    call("db", "migrate")
    examined = call("doctor", AUTH_BLUEPRINT="stateful-auth")
    assert "AUTH_BLUEPRINT               set      stateful-auth" in examined.out


def test_a_folder_that_cannot_be_written_is_told_in_words(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / ".keywright").write_text("no folder")

    examined = call("doctor")

    assert examined.code == 1
    assert "Errno" not in examined.err
    assert ".keywright cannot be used" in examined.err
