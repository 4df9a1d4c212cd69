"""The settings of backend-starter: exactly what it reads."""

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from keywright.blueprints.foundation.settings import LifetimeSettings
from keywright.features.rate_limits.types import Limit
from keywright.shared.settings import Duration, OptionalSecrets, load


class Settings(LifetimeSettings):
    """What the service can be told; nothing but the database and a secret must be.

    *secret* is the master that refresh tokens, sealed hashes and limits have keys
    of; *jwt_access_secret* signs access tokens as it is, so that other services can
    check them with it. Each may be several, newest first.
    """

    blueprint: ClassVar[str] = "backend-starter"
    admin_role: ClassVar[str] = "ADMIN"
    requests: ClassVar[Limit] = Limit("all", 120, timedelta(minutes=1))
    own_names: ClassVar = {
        "cors_origins": "CORS_ORIGIN",
        "database_url": "DATABASE_URL",
        "jwt_access_secret": "JWT_ACCESS_SECRET",
        "secret": "JWT_REFRESH_SECRET",
        "access_token_lifetime": "ACCESS_TOKEN_TTL",
        "session_idle_lifetime": "REFRESH_TOKEN_TTL",
        "refresh_cookie_name": "REFRESH_COOKIE_NAME",
    }

    port: int = Field(default=4000, ge=0, le=65_535)
    """The port to listen on."""
    public_url: str = "http://127.0.0.1:4000"
    """The own address, https in production: it issues tokens."""
    jwt_access_secret: OptionalSecrets = ()
    """The secret that signs access tokens, 32 random bytes or more."""
    refresh_cookie_name: str = Field(
        default="rt", pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$"
    )
    """The name of the cookie with the refresh token."""
    session_idle_lifetime: Duration = timedelta(days=30)
    """A session ends after this long without a refresh."""
    session_lifetime: Duration = timedelta(days=90)
    """A session ends after this long in any case."""
    password_min_length: int = Field(default=10, ge=10, le=64)
    """The shortest password, in code points."""

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        name = "AUTH_JWT_ACCESS_SECRET"
        if self.is_production and not self.jwt_access_secret:
            problems[name] = "must be set"
        if {*self.jwt_access_secret} & {*self.secret}:
            problems[name] = "another secret than the one of refresh tokens"
        return problems


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment; *given* wins over it.

    Raise `SettingsInvalid` with everything that is wrong, without values.
    """
    return load(Settings, **given)
