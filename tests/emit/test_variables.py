from datetime import timedelta
from enum import Enum

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from keywright.emit.variables import (
    Variable,
    env_text,
    example_text,
    ignoring_text,
    variables_of,
)


class Colour(Enum):
    RED = "red"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="AUTH_")

    secret: SecretStr
    database_url: SecretStr
    lifetime: timedelta = timedelta(minutes=15)
    idle: timedelta = timedelta(days=7)
    window: timedelta = timedelta(seconds=10)
    debug: bool = False
    origins: tuple[str, ...] = ("a", "b")
    colour: Colour = Colour.RED
    redis_url: str | None = None
    port: int = Field(default=9000, description="Where it\n  listens.")
    client: str = Field(default="x", validation_alias="client_domain")


FOUND = {
    one.name: one
    for one in variables_of(
        Settings, {"AUTH_DATABASE_URL": "sqlite:///x"}, ["AUTH_SECRET"]
    )
}
SECRET = Variable("AUTH_SECRET", "", "", fresh=True)
URL = Variable("AUTH_DATABASE_URL", "", "", value="sqlite:///x")
PORT = Variable("AUTH_PORT", "Where it listens.", "9000")


def test_names_have_the_prefix_of_the_settings() -> None:
    assert list(FOUND)[:2] == ["AUTH_SECRET", "AUTH_DATABASE_URL"]


def test_an_alias_is_the_name() -> None:
    assert "CLIENT_DOMAIN" in FOUND


def test_defaults_read_as_they_are_written() -> None:
    defaults = {name: one.default for name, one in FOUND.items()}
    assert defaults == {
        "AUTH_SECRET": "",
        "AUTH_DATABASE_URL": "",
        "AUTH_LIFETIME": "15m",
        "AUTH_IDLE": "7d",
        "AUTH_WINDOW": "10s",
        "AUTH_DEBUG": "false",
        "AUTH_ORIGINS": "a,b",
        "AUTH_COLOUR": "red",
        "AUTH_REDIS_URL": "",
        "AUTH_PORT": "9000",
        "CLIENT_DOMAIN": "x",
    }


def test_the_example_shows_every_variable_and_no_secret() -> None:
    assert example_text(None, [SECRET, URL, PORT]) == (
        "AUTH_SECRET=\nAUTH_DATABASE_URL=sqlite:///x\n"
        "# Where it listens.\n# AUTH_PORT=9000\n"
    )


def test_the_environment_gets_what_must_be_set() -> None:
    found = env_text(None, [SECRET, URL, PORT], lambda: "random")
    assert found == "AUTH_SECRET=random\nAUTH_DATABASE_URL=sqlite:///x\n"


def test_what_is_set_stays() -> None:
    current = "# mine\nexport AUTH_SECRET = own\n"
    found = env_text(current, [SECRET, URL], lambda: "random")
    assert found == f"{current}\nAUTH_DATABASE_URL=sqlite:///x\n"


def test_a_commented_secret_counts_as_missing() -> None:
    found = env_text("# AUTH_SECRET=\n", [SECRET], lambda: "random")
    assert found.endswith("AUTH_SECRET=random\n")


def test_a_commented_example_counts_as_there() -> None:
    assert example_text("# AUTH_PORT=1\n", [PORT]) == "# AUTH_PORT=1\n"


def test_the_longer_name_does_not_hide_the_shorter() -> None:
    found = env_text("AUTH_SECRET_FILE=x\n", [SECRET], lambda: "random")
    assert "AUTH_SECRET=random" in found


def test_two_projects_share_no_secret() -> None:
    secrets = iter(("one", "two"))
    first = env_text(None, [SECRET], lambda: next(secrets))
    assert env_text(None, [SECRET], lambda: next(secrets)) != first


def test_the_environment_is_ignored_by_git() -> None:
    assert ignoring_text("*.pyc\n", ["/x"]) == "*.pyc\n\n.env\n/x\n"
    assert ignoring_text("/.env\n", []) == "/.env\n"
