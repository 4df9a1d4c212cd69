"""The settings of stateful-auth: exactly what it reads."""

from typing import ClassVar

from keywright.blueprints.foundation.picture_settings import PictureSettings
from keywright.blueprints.foundation.provider_settings import ProviderSettings
from keywright.blueprints.foundation.redis_settings import RedisSettings
from keywright.blueprints.foundation.settings import (
    AccountSettings,
)
from keywright.shared.settings import load


class Settings(AccountSettings, PictureSettings, ProviderSettings, RedisSettings):
    """What the service can be told; nothing but the database and a secret must be.

    What is not configured is off. Production refuses what is fit for development only.
    """

    blueprint: ClassVar[str] = "stateful-auth"


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment; *given* wins over it.

    Raise `SettingsInvalid` with everything that is wrong, without values.
    """
    return load(Settings, **given)
