"""The settings of auth-service: exactly what it reads."""

import os
from datetime import timedelta
from typing import ClassVar, Literal

from dotenv import dotenv_values
from pydantic import Field

from keywright.blueprints.foundation.settings import TokenSettings
from keywright.shared.settings import Duration, load

FILES = {"development": ".env.dev", "test": ".env.test", "production": ".env.prod"}


class Settings(TokenSettings):
    """What the service can be told; nothing but the database and a secret must be.

    What is not configured is off. Production refuses what is fit for development only.
    """

    blueprint: ClassVar[str] = "auth-service"
    own_names: ClassVar = {"cors_origins": "CLIENT_UI_DOMAIN"}

    port: int = Field(default=5501, ge=0, le=65_535)
    """The port to listen on."""
    public_url: str = "http://127.0.0.1:5501"
    """The own address, https in production: it issues tokens."""
    signing_alg: Literal["RS256"] = "RS256"
    """The algorithm of access tokens, RS256 by contract."""
    access_token_lifetime: Duration = timedelta(hours=1)
    """How long an access token is good."""
    session_idle_lifetime: Duration = timedelta(days=30)
    """A session ends after this long without a refresh."""
    session_lifetime: Duration = timedelta(days=90)
    """A session ends after this long in any case."""

    @classmethod
    def env_files(cls) -> tuple[str, ...]:
        """Return `.env` and the file of AUTH_ENV, which wins."""
        written = dotenv_values(".env").get("AUTH_ENV")
        env = os.environ.get("AUTH_ENV") or written or "development"
        return (".env", FILES.get(env, ".env"))


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment; *given* wins over it.

    Raise `SettingsInvalid` with everything that is wrong, without values.
    """
    return load(Settings, **given)
