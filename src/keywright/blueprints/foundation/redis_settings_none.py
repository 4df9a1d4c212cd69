"""No settings of a store beside the database: it keeps everything."""

from keywright.blueprints.foundation.settings import AuthSettings

__all__ = ["RedisSettings"]


class RedisSettings(AuthSettings):
    """Nothing beyond what every composition reads."""
