"""The variables of the contracts, checked at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from keywright.blueprints.auth_service.settings import Settings as AuthServiceSettings
from keywright.blueprints.auth_service.settings import (
    load_settings as load_auth_service,
)
from keywright.blueprints.backend_starter.settings import load_settings as load_starter
from keywright.shared.settings import SettingsInvalid

SECRET = "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"
OTHER = "a4Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"
CONTRACT = {
    "CORS_ORIGIN": "http://localhost:3000, https://app.example",
    "DATABASE_URL": "postgresql://app_user:pw@localhost:5432/app_db",
    "JWT_ACCESS_SECRET": OTHER,
    "JWT_REFRESH_SECRET": SECRET,
    "ACCESS_TOKEN_TTL": "10m",
    "REFRESH_TOKEN_TTL": "20d",
    "REFRESH_COOKIE_NAME": "refresh",
}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty folder, without settings."""
    monkeypatch.chdir(tmp_path)
    for name in (*CONTRACT, "CLIENT_UI_DOMAIN", "AUTH_ENV", "AUTH_RESPONSES"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def written(place: Path, name: str, **variables: str) -> None:
    """Write a file of variables."""
    lines = [f"{name}={value}\n" for name, value in variables.items()]
    (place / name).write_text("".join(lines))


def test_backend_starter_reads_the_variables_of_its_contract(place: Path) -> None:
    written(place, ".env", **CONTRACT)

    settings = load_starter()

    assert settings.cors_origins == ("http://localhost:3000", "https://app.example")
    assert settings.database_url.get_secret_value() == CONTRACT["DATABASE_URL"]
    assert [one.get_secret_value() for one in settings.jwt_access_secret] == [OTHER]
    assert [one.get_secret_value() for one in settings.secret] == [SECRET]
    assert settings.access_token_lifetime == timedelta(minutes=10)
    assert settings.session_idle_lifetime == timedelta(days=20)
    assert settings.refresh_cookie_name == "refresh"


def test_backend_starter_has_the_defaults_of_its_contract() -> None:
    settings = load_starter(database_url="sqlite:///x", secret=SECRET)

    assert settings.port == 4000
    assert settings.access_token_lifetime == timedelta(minutes=15)
    assert settings.session_idle_lifetime == timedelta(days=30)
    assert settings.refresh_cookie_name == "rt"


def test_all_that_is_wrong_is_told_by_the_names_of_the_contract(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {
        "CORS_ORIGIN": "*",
        "JWT_ACCESS_SECRET": "replace-with-64-char-secret",
        "ACCESS_TOKEN_TTL": "15 minutes",
        "REFRESH_COOKIE_NAME": "r t",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsInvalid) as error:
        load_starter()

    missing = {"DATABASE_URL", "JWT_REFRESH_SECRET"}
    assert set(error.value.problems) == {*wrong, *missing}
    assert wrong["JWT_ACCESS_SECRET"] not in str(error.value)


def test_production_wants_an_access_secret_of_its_own() -> None:
    given = {
        "env": "production",
        "public_url": "https://api.example.com",
        "database_url": "sqlite:///x",
        "secret": SECRET,
    }
    for secret in ({}, {"jwt_access_secret": SECRET}):
        with pytest.raises(SettingsInvalid) as error:
            load_starter(**given, **secret)
        assert set(error.value.problems) == {"JWT_ACCESS_SECRET"}

    assert load_starter(**given, jwt_access_secret=OTHER).is_production


@pytest.mark.parametrize("name", ["__Host-rt", "r=t", "r;t", "", "-", "x" * 65])
def test_a_cookie_has_a_plain_name(name: str) -> None:
    with pytest.raises(SettingsInvalid) as error:
        load_starter(
            database_url="sqlite:///x", secret=SECRET, refresh_cookie_name=name
        )

    assert set(error.value.problems) == {"REFRESH_COOKIE_NAME"}


@pytest.mark.parametrize(
    ("env", "file"),
    [("development", ".env.dev"), ("test", ".env.test"), ("production", ".env.prod")],
)
def test_auth_service_reads_the_file_of_its_environment(
    place: Path, monkeypatch: pytest.MonkeyPatch, env: str, file: str
) -> None:
    for name in (".env.dev", ".env.test", ".env.prod"):
        written(place, name, AUTH_DATABASE_URL=f"sqlite:///{name}", AUTH_SECRET=SECRET)
    written(place, ".env", AUTH_PUBLIC_URL="https://id.example.com")
    monkeypatch.setenv("AUTH_ENV", env)

    settings = load_auth_service()

    assert settings.database_url.get_secret_value() == f"sqlite:///{file}"
    assert settings.public_url == "https://id.example.com"


def test_the_environment_may_stand_in_the_common_file(place: Path) -> None:
    written(place, ".env", AUTH_ENV="test")
    written(place, ".env.test", AUTH_DATABASE_URL="sqlite:///x", AUTH_SECRET=SECRET)

    assert load_auth_service().env == "test"


def test_without_a_name_it_is_development(place: Path) -> None:
    written(place, ".env.dev", AUTH_DATABASE_URL="sqlite:///x", AUTH_SECRET=SECRET)

    assert load_auth_service().env == "development"


def test_an_unknown_environment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_ENV", "staging")

    with pytest.raises(SettingsInvalid) as error:
        load_auth_service(database_url="sqlite:///x", secret=SECRET)

    assert set(error.value.problems) == {"AUTH_ENV"}


def test_auth_service_takes_several_uis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIENT_UI_DOMAIN", "http://localhost:5173,https://app.example")

    settings = load_auth_service(database_url="sqlite:///x", secret=SECRET)

    assert settings.cors_origins == ("http://localhost:5173", "https://app.example")


def test_auth_service_signs_by_its_contract_only() -> None:
    with pytest.raises(SettingsInvalid) as error:
        load_auth_service(
            database_url="sqlite:///x", secret=SECRET, signing_alg="HS256"
        )

    assert set(error.value.problems) == {"AUTH_SIGNING_ALG"}


def test_auth_service_has_the_defaults_of_its_contract() -> None:
    fields = AuthServiceSettings.model_fields

    assert fields["port"].default == 5501
    assert fields["access_token_lifetime"].default == timedelta(hours=1)
    assert fields["session_idle_lifetime"].default == timedelta(days=30)
