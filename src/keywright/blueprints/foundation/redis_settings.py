"""The settings of a Redis beside the database."""

from importlib.util import find_spec
from typing import Literal

from pydantic import Field, SecretStr

from keywright.blueprints.foundation.settings import AuthSettings

__all__ = ["RedisSettings"]


class RedisSettings(AuthSettings):
    """What a Redis beside the database needs: it keeps sessions, limits, failures."""

    redis_url: SecretStr | None = None
    """The address of Redis or Valkey; unset, all is kept in the database."""
    redis_prefix: str = Field(default="auth", pattern=r"^[\w.-]{1,40}$")
    """How all keys begin; applications that share a Redis need one each."""
    redis_durability: Literal["strict", "relaxed"] = "strict"
    """relaxed accepts a Redis that may lose acknowledged writes."""

    @property
    def sessions_beside(self) -> str:
        """Name the store beside the database that keeps sessions; empty without one."""
        return "Redis" if self.redis_url else ""

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        url = self.redis_url
        if url is not None and (expected := _expected(url.get_secret_value())):
            problems["AUTH_REDIS_URL"] = expected
        return problems


def _expected(url: str) -> str | None:
    """Return what is expected instead of *url*; None if a client can be made of it."""
    if find_spec("redis") is None:
        return "needs a package that is missing. Install the package redis."
    from keywright.shared.redis import check_address

    try:
        check_address(url)
    except ValueError:
        return (
            "redis://host:port/0, rediss://…, unix:///path, redis+cluster://… or "
            "redis+sentinel://…/name"
        )
    return None
