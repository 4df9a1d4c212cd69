"""Settings that compositions have in common; each takes the groups that it reads."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from keywright.features.rate_limits.types import Limit
from keywright.senders.mail import Mailer
from keywright.senders.mailer import open_mailer
from keywright.shared.client_address import parse_networks
from keywright.shared.database_address import database_problem
from keywright.shared.origins import origin_of
from keywright.shared.settings import (
    STRONG,
    Duration,
    EnvironmentSettings,
    Secrets,
    SettingsInvalid,
    TextList,
    is_weak,
)

LOOPBACK = ("127.0.0.1", "localhost")


NOT_PRINTED = "smtp://…, smtps://…, resend:KEY or file:DIR; console: prints codes"


def is_printed(mail_url: str) -> bool:
    """Say whether *mail_url* sends e-mails no further than to the terminal."""
    return mail_url.lower().startswith("console:")


def refused_by(opened: Callable[[], object]) -> dict[str, str]:
    """Return what *opened* finds wrong with the settings, by variable."""
    try:
        opened()
    except SettingsInvalid as invalid:
        return invalid.problems
    return {}


class AuthSettings(EnvironmentSettings):
    """What every composition reads; nothing but the database and a secret must be set.

    What is not configured is off. Production refuses what is fit for development only.
    """

    blueprint: ClassVar[str]
    """The name of the composition."""
    admin_role: ClassVar[str] = "admin"
    """What its administrators are."""
    mails_codes: ClassVar[bool] = False
    """Whether nobody can sign up, or back in, without its e-mails."""
    requests: ClassVar[Limit] = Limit("all", 300, timedelta(minutes=1))
    """How many requests a client may send to each process."""

    env: Literal["development", "test", "production"] = "development"
    """development, test or production."""
    host: str = "127.0.0.1"
    """Where to listen; other than loopback in production only."""
    port: int = Field(default=9000, ge=0, le=65_535)
    """The port to listen on."""
    workers: int = Field(default=1, ge=1, le=256)
    """How many processes serve."""
    debug: bool = False
    """Refused in production."""

    database_url: SecretStr
    """The address of the database, with user and password."""
    store_pool: int = Field(default=8, ge=1, le=200)
    """Connections to the database per process."""
    secret: Secrets
    """The master secret, 32 random bytes or more; several, newest first."""

    public_url: str = "http://127.0.0.1:9000"
    """The own address, https in production: it issues tokens."""
    client_url: str = ""
    """The front end's address, for links in mails; it may call."""
    cors_origins: TextList = ()
    """Further exact origins that may call, by commas."""
    trusted_proxies: TextList = ()
    """Addresses or networks whose X-Forwarded-For is believed."""

    mail_url: SecretStr = SecretStr("console:")
    """console:, file:DIR, smtp://user:password@host:port or resend:KEY."""
    mail_from: str = "no-reply@localhost"
    """The sender of mails."""
    sign_up: Literal["open", "closed"] = "open"
    """open, or closed to everybody who has no account."""
    app_name: str = Field(default="", max_length=50)
    """A word that no password may be."""

    session_idle_lifetime: Duration = timedelta(days=7)
    """A session ends after this long without a refresh."""
    session_lifetime: Duration = timedelta(days=30)
    """A session ends after this long in any case."""
    max_sessions: int = Field(default=10, ge=1, le=1000)
    """Sessions per user; the oldest end."""
    password_min_length: int = Field(default=8, ge=8, le=64)
    """The shortest password, in code points."""

    responses: Literal["envelope", "problem"] = "envelope"
    """The form of answers: envelope or problem."""
    rate_limits: Literal["on", "off"] = "on"
    """on; off is refused in production."""
    operator_token: SecretStr | None = None
    """The bearer token of operators."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """debug, info, warning or error."""
    log_format: Literal["json", "console"] | None = None
    """json or console; unset, what suits."""
    hash_threads: int | None = Field(default=None, ge=1, le=64)
    """Threads that hash passwords; unset, what suits the machine."""
    test_clock: Path | None = None
    """A file with an offset of the clock in seconds; for tests only."""

    @property
    def is_production(self) -> bool:
        """Say whether this is production."""
        return self.env == "production"

    @property
    def allowed_origins(self) -> list[str]:
        """Return the origins whose pages may call the service."""
        clients = [origin_of(self.client_url)] if self.client_url else []
        own = [] if self.has_secure_cookies else self._loopback_origins()
        return [*clients, *self.cors_origins, *own]

    @property
    def has_secure_cookies(self) -> bool:
        """Say whether cookies are for https only."""
        return self.is_production or self.public_url.startswith("https://")

    @property
    def sessions_beside(self) -> str:
        """Name the store beside the database that keeps sessions; empty without one."""
        return ""

    def named_mailer(self) -> Mailer:
        """Return the mailer of *mail_url*, not connected; raise `SettingsInvalid`.

        In production it prints no codes: whoever reads logs could sign in. Who brings
        a mailer does not ask for this one.
        """
        url = self.mail_url.get_secret_value()
        if self.is_production and self.mails_codes and is_printed(url):
            raise SettingsInvalid({"AUTH_MAIL_URL": NOT_PRINTED})
        return open_mailer(url, self.mail_from)

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = {
            **self._store_problems(),
            **self._address_problems(),
            **(self._production_problems() if self.is_production else {}),
        }
        if not self.session_idle_lifetime <= self.session_lifetime:
            problems["AUTH_SESSION_LIFETIME"] = "not shorter than the idle lifetime"
        if self.test_clock and self.env != "test":
            problems["AUTH_TEST_CLOCK"] = "only with AUTH_ENV=test"
        token = self.operator_token
        if token is not None and is_weak(token.get_secret_value()):
            problems["AUTH_OPERATOR_TOKEN"] = STRONG
        return problems

    def _loopback_origins(self) -> list[str]:
        """Return the other spellings of a loopback address of our own."""
        parts = urlsplit(self.public_url)
        if parts.hostname not in LOOPBACK:
            return []
        port = f":{parts.port}" if parts.port else ""
        return [f"{parts.scheme}://{host}{port}" for host in LOOPBACK]

    def _store_problems(self) -> dict[str, str]:
        problem = database_problem(self.database_url.get_secret_value())
        problems = {"AUTH_DATABASE_URL": problem} if problem else {}
        # Who sets no mailer may have one that no address names.
        if "mail_url" in self.model_fields_set:
            url = self.mail_url.get_secret_value()
            problems |= refused_by(lambda: open_mailer(url, self.mail_from))
        return problems

    def _address_problems(self) -> dict[str, str]:
        problems = {}
        try:
            parse_networks(self.trusted_proxies)
        except ValueError:
            problems["AUTH_TRUSTED_PROXIES"] = "addresses or networks, by commas"
        for name in ("public_url", "client_url"):
            value = getattr(self, name)
            if value and not value.startswith(("http://", "https://")):
                problems[f"AUTH_{name.upper()}"] = "an http or https address"
        for origin in self.cors_origins:
            if origin != origin_of(origin) or not origin.startswith("http"):
                problems["AUTH_CORS_ORIGINS"] = (
                    "exact origins such as https://a.example"
                )
        return problems

    def _production_problems(self) -> dict[str, str]:
        wrong = {
            "AUTH_PUBLIC_URL": (
                not self.public_url.startswith("https://"),
                "an https address; mails and tokens name it",
            ),
            "AUTH_DEBUG": (self.debug, "must be off in production"),
            "AUTH_RATE_LIMITS": (
                self.rate_limits == "off",
                "must be on in production",
            ),
            "AUTH_WORKERS": (
                self.workers > 1
                and self.database_url.get_secret_value().startswith("sqlite"),
                "1 with SQLite; a database server for more",
            ),
        }
        return {name: text for name, (is_wrong, text) in wrong.items() if is_wrong}


class LifetimeSettings(AuthSettings):
    """What access tokens and rotating refresh tokens need, but for their keys."""

    access_token_lifetime: Duration = timedelta(minutes=15)
    """How long an access token is good."""
    refresh_retry_window: Duration = timedelta(seconds=10)
    """How long a repeated refresh gets the same token, 0s to 60s."""

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        if not timedelta(0) <= self.refresh_retry_window <= timedelta(seconds=60):
            problems["AUTH_REFRESH_RETRY_WINDOW"] = "0s to 60s"
        if not self.access_token_lifetime <= self.session_idle_lifetime:
            problems["AUTH_SESSION_IDLE_LIFETIME"] = "not shorter than an access token"
        return problems


class TokenSettings(LifetimeSettings):
    """What tokens need whose keys are in the ring of the database."""

    signing_alg: Literal["ES256", "EdDSA", "RS256", "HS256"] = "ES256"
    """The algorithm of access tokens: ES256, EdDSA, RS256 or HS256."""


class AccountSettings(AuthSettings):
    """What mailed codes need, and two ways for tokens to travel."""

    mails_codes: ClassVar[bool] = True

    otp_lifetime: Duration = timedelta(minutes=10)
    """How long a mailed code is good."""
    otp_attempts: int = Field(default=5, ge=1, le=10)
    """Tries per code."""
    otp_cooldown: Duration = timedelta(seconds=60)
    """How long to wait for the next code of one flow."""
    reset_lifetime: Duration = timedelta(minutes=10)
    """How long tokens for resets and deletions are good."""
    deletion_grace: Duration = timedelta(days=30)
    """How long a deactivated user is kept."""
    step_up_after: Duration | None = None
    """Sensitive acts need a sign-in not older than this."""
    token_transport: Literal["both", "cookie", "bearer"] = "both"  # noqa: S105 - no token
    """Cookies, bearer tokens, or both."""

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        if self.otp_lifetime > timedelta(minutes=10):
            problems["AUTH_OTP_LIFETIME"] = "10m or less"
        return problems
