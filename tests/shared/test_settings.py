"""Settings are read once from the environment, and refused whole."""

from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from pydantic import Field, SecretStr

from keywright.shared.secrets import random_bytes, to_text
from keywright.shared.settings import (
    Duration,
    EnvironmentSettings,
    Secrets,
    SettingsInvalid,
    TextList,
    Wrong,
    is_weak,
    known,
    load,
    to_duration,
    to_list,
)

CANARY = "c4n4ry-v4lue"
STRONG = to_text(random_bytes(32))
OTHER = to_text(random_bytes(32))


class Settings(EnvironmentSettings):
    """Settings of every kind."""

    env: Literal["development", "production"] = "development"
    port: int = Field(default=9000, ge=0, le=65_535)
    database_url: SecretStr
    secret: Secrets
    lifetime: Duration = timedelta(minutes=15)
    origins: TextList = ()
    debug: bool = False

    def problems(self) -> dict[str, str]:
        """Refuse debugging in production."""
        if self.env == "production" and self.debug:
            return {"AUTH_DEBUG": "off"}
        return {}


class Numbered(EnvironmentSettings):
    """Settings that nothing sensible can stand in for."""

    port: int
    name: str = ""


class Contracted(EnvironmentSettings):
    """Settings of a contract with names of its own, and files by environment."""

    own_names: ClassVar = {"secret": "SIGNING_SECRET", "lifetime": "TOKEN_TTL"}

    secret: Secrets
    lifetime: Duration = timedelta(minutes=15)
    size: int = 1

    @classmethod
    def env_files(cls) -> tuple[str, ...]:
        """Return a common file and one that wins over it."""
        return (".env", ".env.test")

    def problems(self) -> dict[str, str]:
        """Refuse what lasts too long."""
        too_long = self.lifetime > timedelta(hours=1)
        return {"AUTH_LIFETIME": "1h or less"} if too_long else {}


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Contracted.own_names.values():
        monkeypatch.delenv(name, raising=False)
    for name in {**Settings.model_fields, "size": None}:
        monkeypatch.delenv(f"AUTH_{name.upper()}", raising=False)
        monkeypatch.delenv(f"AUTH_{name.upper()}_FILE", raising=False)
    return tmp_path


@pytest.fixture
def good(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Set what has no default."""
    monkeypatch.setenv("AUTH_DATABASE_URL", "sqlite:///x")
    monkeypatch.setenv("AUTH_SECRET", STRONG)
    return monkeypatch


def problems() -> dict[str, str]:
    """Load settings that are refused and return why."""
    with pytest.raises(SettingsInvalid) as error:
        load(Settings)
    return error.value.problems


def test_what_is_set_is_read(good: pytest.MonkeyPatch) -> None:
    good.setenv("AUTH_PORT", "8080")
    good.setenv("AUTH_LIFETIME", "90s")
    good.setenv("AUTH_ORIGINS", "https://a.example, https://b.example,")
    good.setenv("AUTH_SECRET", f"{STRONG},{OTHER}")

    settings = load(Settings)

    assert settings.port == 8080
    assert settings.lifetime == timedelta(seconds=90)
    assert settings.origins == ("https://a.example", "https://b.example")
    assert [one.get_secret_value() for one in settings.secret] == [STRONG, OTHER]


@pytest.mark.usefixtures("good")
def test_what_is_not_set_has_its_default() -> None:
    settings = load(Settings)

    assert (settings.env, settings.port, settings.origins) == ("development", 9000, ())


def test_an_empty_variable_is_not_set(good: pytest.MonkeyPatch) -> None:
    good.setenv("AUTH_PORT", "")

    assert load(Settings).port == 9000


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_PORT", "70000")
    monkeypatch.setenv("AUTH_LIFETIME", "15 minutes")
    monkeypatch.setenv("AUTH_ENV", "production")
    monkeypatch.setenv("AUTH_DEBUG", "true")

    assert set(problems()) == {
        "AUTH_PORT",
        "AUTH_LIFETIME",
        "AUTH_DATABASE_URL",
        "AUTH_SECRET",
        "AUTH_DEBUG",
    }


def test_what_is_missing_and_what_is_expected_is_said() -> None:
    found = problems()

    assert found["AUTH_SECRET"] == "must be set"
    with pytest.raises(SettingsInvalid, match="  AUTH_SECRET: must be set"):
        load(Settings)
    with pytest.raises(SettingsInvalid, match="NAME_FILE"):
        load(Settings)


def test_rules_over_several_settings_are_told_too(good: pytest.MonkeyPatch) -> None:
    good.setenv("AUTH_ENV", "production")
    good.setenv("AUTH_DEBUG", "true")

    assert problems() == {"AUTH_DEBUG": "off"}


def test_settings_without_rules_of_their_own_are_only_read() -> None:
    assert load(Numbered, port=1).problems() == {}


def test_what_else_would_be_wrong_is_not_guessed() -> None:
    with pytest.raises(SettingsInvalid) as error:
        load(Numbered)

    assert error.value.problems == {"AUTH_PORT": "must be set"}


@pytest.mark.attack("L6")
@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_no_value_is_ever_repeated(good: pytest.MonkeyPatch, name: str) -> None:
    good.setenv(f"AUTH_{name.upper()}", CANARY)

    try:
        shown = repr(load(Settings))
    except SettingsInvalid as invalid:
        shown = str(invalid) + repr(invalid)

    assert CANARY not in shown or name == "origins"


@pytest.mark.attack("L6")
def test_settings_do_not_show_secrets(good: pytest.MonkeyPatch) -> None:
    good.setenv("AUTH_DATABASE_URL", f"postgresql://u:{CANARY}@h/d")

    shown = repr(load(Settings)) + str(load(Settings).model_dump())

    assert CANARY not in shown
    assert STRONG not in shown


def test_a_secret_may_stand_in_a_file(good: pytest.MonkeyPatch, place: Path) -> None:
    file = place / "secret"
    file.write_text(f"{OTHER}\n")
    good.setenv("AUTH_SECRET_FILE", str(file))

    (secret,) = load(Settings).secret

    assert secret.get_secret_value() == OTHER


@pytest.mark.parametrize("kind", ["missing", "a folder", "not text"])
def test_a_file_that_cannot_be_read_stops_the_start(
    good: pytest.MonkeyPatch, place: Path, kind: str
) -> None:
    file = place / "secret"
    if kind == "a folder":
        file.mkdir()
    if kind == "not text":
        file.write_bytes(b"\xff\xfe")
    good.setenv("AUTH_DATABASE_URL_FILE", str(file))

    found = problems()

    assert set(found) == {"AUTH_DATABASE_URL_FILE"}
    assert str(place) not in str(found)


def test_a_file_that_cannot_be_read_is_told_with_all_else(
    good: pytest.MonkeyPatch, place: Path
) -> None:
    good.setenv("AUTH_DATABASE_URL_FILE", str(place / "missing"))
    good.setenv("AUTH_PORT", "x")

    assert set(problems()) == {"AUTH_DATABASE_URL_FILE", "AUTH_PORT"}


def test_a_file_that_cannot_be_read_is_told_with_rules_over_several(
    good: pytest.MonkeyPatch, place: Path
) -> None:
    good.setenv("AUTH_DATABASE_URL_FILE", str(place / "missing"))
    good.setenv("AUTH_ENV", "production")
    good.setenv("AUTH_DEBUG", "true")

    assert set(problems()) == {"AUTH_DATABASE_URL_FILE", "AUTH_DEBUG"}


@pytest.mark.usefixtures("good")
def test_what_is_given_wins() -> None:
    assert load(Settings, port=1).port == 1


def test_a_file_beside_the_start_is_read(place: Path) -> None:
    (place / ".env").write_text(
        f"AUTH_SECRET={STRONG}\nAUTH_DATABASE_URL=sqlite:///x\nOTHER=1\n"
    )

    assert load(Settings).database_url.get_secret_value() == "sqlite:///x"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        (" 7d ", timedelta(days=7)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_has_a_number_and_a_unit(text: str, expected: timedelta) -> None:
    assert to_duration(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "15", "m", "1.5h", "-5m", "15 m", "15min", "PT15M", "1h30m", "9999999d"],
)
def test_any_other_duration_is_refused(text: str) -> None:
    with pytest.raises(Wrong, match="a duration such as"):
        to_duration(text)


def test_values_that_are_no_text_stay_as_they_are() -> None:
    assert to_duration(timedelta(1)) == timedelta(1)
    assert to_list(["a"]) == ["a"]


def test_a_list_has_no_empty_parts() -> None:
    assert to_list(" a ,, b,") == ["a", "b"]


def test_what_is_expected_may_contain_braces() -> None:
    assert str(Wrong("one of {a, b}")) == "one of a, b"


@pytest.mark.attack("A9")
@pytest.mark.parametrize(
    "secret",
    [
        "",
        "secret",
        "x" * 31,
        "x" * 64,
        "ab" * 40,
        "change-me-to-something-random-please",
        "your-256-bit-secret-your-256-bit-secret",
        "this-is-an-insecure-default-key-0123456789",
        "0123456" * 8,
    ],
)
def test_a_weak_secret_is_seen(good: pytest.MonkeyPatch, secret: str) -> None:
    assert is_weak(secret)
    good.setenv("AUTH_SECRET", secret or ",")

    assert set(problems()) == {"AUTH_SECRET"}


@pytest.mark.attack("A9")
def test_one_weak_secret_among_strong_ones_is_seen(good: pytest.MonkeyPatch) -> None:
    good.setenv("AUTH_SECRET", f"{STRONG},secret")

    assert set(problems()) == {"AUTH_SECRET"}


def test_random_secrets_are_strong() -> None:
    secrets = [to_text(random_bytes(32)) for _ in range(200)]

    assert [secret for secret in secrets if is_weak(secret)] == []
    assert not is_weak(random_bytes(32).hex())


def test_settings_cannot_be_changed(good: pytest.MonkeyPatch) -> None:
    settings = load(Settings)

    with pytest.raises(ValueError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # that it is refused is the test


def test_a_contract_names_its_variables_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIGNING_SECRET", STRONG)
    monkeypatch.setenv("TOKEN_TTL", "30m")

    settings = load(Contracted)

    assert settings.lifetime == timedelta(minutes=30)
    assert known(Contracted, "lifetime") == "30m"


def test_the_name_with_the_prefix_wins_over_a_contracts_own(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    monkeypatch.setenv("SIGNING_SECRET", STRONG)
    monkeypatch.setenv("TOKEN_TTL", "30m")
    (place / ".env").write_text("AUTH_LIFETIME=5m\n")

    assert load(Contracted).lifetime == timedelta(minutes=5)
    assert known(Contracted, "lifetime") == "5m"


def test_the_environment_wins_over_files_and_a_later_file_over_an_earlier(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    (place / ".env").write_text(f"SIGNING_SECRET={STRONG}\nTOKEN_TTL=1m\n")
    (place / ".env.test").write_text("TOKEN_TTL=2m\nAUTH_SIZE=5\n")

    assert load(Contracted).lifetime == timedelta(minutes=2)
    assert load(Contracted).size == 5
    monkeypatch.setenv("TOKEN_TTL", "3m")
    assert load(Contracted).lifetime == timedelta(minutes=3)


def test_a_secret_of_a_contract_may_stand_in_a_file(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    (place / "secret").write_text(f"{OTHER}\n")
    monkeypatch.setenv("SIGNING_SECRET_FILE", str(place / "secret"))

    (secret,) = load(Contracted).secret

    assert secret.get_secret_value() == OTHER
    assert known(Contracted, "secret") == OTHER


def test_problems_go_by_the_names_of_the_contract(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOKEN_TTL", "2h")
    monkeypatch.setenv("AUTH_SIZE", "x")

    with pytest.raises(SettingsInvalid) as error:
        load(Contracted)

    assert set(error.value.problems) == {"SIGNING_SECRET", "TOKEN_TTL", "AUTH_SIZE"}


def test_nothing_is_known_of_what_is_not_set(
    monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    assert known(Contracted, "size") is None
    monkeypatch.setenv("AUTH_SIZE_FILE", str(place / "missing"))
    assert known(Contracted, "size") is None
