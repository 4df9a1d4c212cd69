import os
import subprocess
import sys
from pathlib import Path

import pytest

from keywright.service.blueprints import BLUEPRINTS
from keywright.service.folder import fresh_secret, prepare_folder
from keywright.service.settings import database_url, service_settings
from keywright.shared.settings import SettingsInvalid
from tests.service.processes import PATIENCE, PRODUCTION, SECRET

ACCESS_SECRET = SECRET[::-1]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("AUTH_"):
            monkeypatch.delenv(name)


def set_all(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def problems_of(**flags: str | int) -> dict[str, str]:
    with pytest.raises(SettingsInvalid) as refused:
        service_settings(**flags)
    return refused.value.problems


def test_nothing_has_to_be_set() -> None:
    settings = service_settings()

    assert settings.database_url.get_secret_value() == database_url()
    assert settings.env == "development"
    assert settings.port == 9000


def test_the_secret_stays_the_same() -> None:
    assert service_settings().secret == service_settings().secret


def test_two_folders_share_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = service_settings().secret
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")

    assert service_settings().secret != first


def test_starts_at_the_same_time_agree_on_one_secret() -> None:
    script = (
        "from keywright.service.folder import fresh_secret, prepare_folder;"
        "print(fresh_secret(prepare_folder()))"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    secrets = {process.communicate(timeout=PATIENCE)[0].strip() for process in started}

    assert secrets == {fresh_secret(prepare_folder())}


def test_flags_win_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("AUTH_PORT=1111\nAUTH_MAX_SESSIONS=3\n")
    monkeypatch.setenv("AUTH_PORT", "2222")

    assert service_settings().port == 2222
    assert service_settings(port=3333).port == 3333
    assert service_settings().max_sessions == 3


def test_the_public_address_follows_the_port() -> None:
    assert service_settings(port=3333).public_url == "http://127.0.0.1:3333"
    assert service_settings(host="::1").public_url == "http://[::1]:9000"


def test_a_secret_may_stand_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, PRODUCTION)
    monkeypatch.delenv("AUTH_SECRET")
    (tmp_path / "mounted").write_text(PRODUCTION["AUTH_SECRET"] + "\n")
    monkeypatch.setenv("AUTH_SECRET_FILE", str(tmp_path / "mounted"))

    (secret,) = service_settings().secret
    assert secret.get_secret_value() == PRODUCTION["AUTH_SECRET"]


def test_an_unknown_blueprint_is_answered_with_those_there_are() -> None:
    told = f"one of: {', '.join(BLUEPRINTS)}"
    assert problems_of(blueprint="no-such") == {"AUTH_BLUEPRINT": told}


@pytest.mark.attack
@pytest.mark.parametrize("env", ["development", "test"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104 - refused
def test_only_production_listens_for_other_machines(env: str, host: str) -> None:
    assert list(problems_of(host=host, env=env)) == ["AUTH_HOST"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_development_listens_for_this_machine(host: str) -> None:
    assert service_settings(host=host).host == host


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"AUTH_SECRET": "change-me-change-me-change-me-change-me"}, "AUTH_SECRET"),
        ({"AUTH_SECRET": "short"}, "AUTH_SECRET"),
        ({"AUTH_SECRET": ""}, "AUTH_SECRET"),
        ({"AUTH_DATABASE_URL": ""}, "AUTH_DATABASE_URL"),
        ({"AUTH_PUBLIC_URL": ""}, "AUTH_PUBLIC_URL"),
        ({"AUTH_PUBLIC_URL": "http://id.example.com"}, "AUTH_PUBLIC_URL"),
        ({"AUTH_DEBUG": "1"}, "AUTH_DEBUG"),
        ({"AUTH_RATE_LIMITS": "off"}, "AUTH_RATE_LIMITS"),
        ({"AUTH_WORKERS": "2"}, "AUTH_WORKERS"),
        ({"AUTH_TEST_CLOCK": "clock"}, "AUTH_TEST_CLOCK"),
        ({"AUTH_MAIL_URL": ""}, "AUTH_MAIL_URL"),
        ({"AUTH_MAIL_URL": "console:"}, "AUTH_MAIL_URL"),
    ],
)
def test_production_refuses_what_is_for_development(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], named: str
) -> None:
    set_all(monkeypatch, {**PRODUCTION, **changes})

    assert named in problems_of()
    assert not Path(".keywright").exists()


def test_production_names_its_printed_codes_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, {"AUTH_ENV": "production", "AUTH_PORT": "70000"})

    assert problems_of().keys() == {
        "AUTH_DATABASE_URL",
        "AUTH_MAIL_URL",
        "AUTH_PORT",
        "AUTH_PUBLIC_URL",
        "AUTH_SECRET",
    }


@pytest.mark.parametrize("blueprint", ["auth-service", "backend-starter"])
def test_who_mails_no_code_may_print_in_production(
    monkeypatch: pytest.MonkeyPatch, blueprint: str
) -> None:
    own = {"AUTH_MAIL_URL": "", "AUTH_JWT_ACCESS_SECRET": ACCESS_SECRET}
    set_all(monkeypatch, {**PRODUCTION, **own})

    assert service_settings(blueprint=blueprint).is_production


def test_a_file_in_a_folder_that_is_not_there_is_told_with_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AUTH_DATABASE_URL", f"sqlite:///{tmp_path}/no/users.db")

    assert "keywright db create" in problems_of()["AUTH_DATABASE_URL"]
    with pytest.raises(SettingsInvalid, match="folder"):
        database_url()
    assert database_url(is_new=True).endswith("/no/users.db")


def test_production_listens_where_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, PRODUCTION)

    assert service_settings(host="192.0.2.1").host == "192.0.2.1"


@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_the_blueprint_decides_what_the_settings_are(blueprint: str) -> None:
    settings = service_settings(blueprint=blueprint)
    assert settings.blueprint == blueprint
    assert isinstance(settings, BLUEPRINTS[blueprint].settings)


WRONG = {
    "AUTH_ENV": "prod",
    "AUTH_HOST": "192.0.2.1",
    "AUTH_PORT": "70000",
    "AUTH_SECRET": "s3cret",
    "AUTH_ACCESS_TOKEN_LIFETIME": "soon",
    "AUTH_CLIENT_URL": "s3cret",
    "AUTH_DATABASE_URL": "oracle://u:s3cret@host/name",
    "AUTH_REDIS_URL": "redis://:s3cret@host:port",
    "AUTH_MAIL_URL": "s3cret:",
    "AUTH_FILES_URL": "ftp://u:s3cret@host",
}


def test_everything_that_is_wrong_is_named_at_once_and_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, WRONG)

    problems = problems_of(blueprint="s3cret")

    assert problems.keys() == {*WRONG, "AUTH_BLUEPRINT"}
    assert "s3cret" not in str(problems)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("AUTH_DATABASE_URL", "oracle://host/name", "sqlite:///"),
        ("AUTH_DATABASE_URL", "oracle://host/name", "postgresql://"),
        ("AUTH_DATABASE_URL", "oracle://host/name", "mysql://"),
        ("AUTH_DATABASE_URL", "oracle://host/name", "mongodb://"),
        ("AUTH_DATABASE_URL", "postgresql://host:port/name", "postgresql://"),
        ("AUTH_DATABASE_URL", "mongodb://host:port/name", "mongodb://"),
        ("AUTH_DATABASE_URL", "sqlite://", "sqlite:///"),
        ("AUTH_REDIS_URL", "foo:", "redis://"),
        ("AUTH_REDIS_URL", "redis://host:port", "redis://"),
        ("AUTH_REDIS_URL", "redis+cluster://host:port", "redis+cluster://"),
        ("AUTH_REDIS_URL", "redis+sentinel://host", "redis+sentinel://"),
        ("AUTH_MAIL_URL", "smtp:host", "smtp://"),
        ("AUTH_MAIL_URL", "file:", "file:DIR"),
        ("AUTH_FILES_URL", "s3:", "s3://"),
        ("AUTH_FILES_URL", "cloudinary://cloud", "cloudinary://"),
    ],
)
def test_an_address_that_cannot_be_read_is_answered_with_its_form(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)

    problems = problems_of()

    assert problems.keys() == {variable}
    assert told in problems[variable]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AUTH_DATABASE_URL", "mongodb+srv://u:pw@cluster.example/name"),
        ("AUTH_REDIS_URL", "rediss://:pw@host:6380/1"),
        ("AUTH_REDIS_URL", "unix:///run/valkey.sock"),
        ("AUTH_REDIS_URL", "redis+cluster://a:1,b:2"),
        ("AUTH_REDIS_URL", "redis+sentinel://a:1,b:2/primary"),
        ("AUTH_MAIL_URL", "smtps://u:pw@host"),
        ("AUTH_FILES_URL", "file:pictures"),
    ],
)
def test_an_address_that_can_be_read_is_taken(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    settings = service_settings()

    field = variable.removeprefix("AUTH_").lower()
    assert getattr(settings, field).get_secret_value() == value
