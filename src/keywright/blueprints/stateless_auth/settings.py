"""The settings of stateless-auth: exactly what it reads."""

from typing import ClassVar

from keywright.blueprints.foundation.picture_settings import PictureSettings
from keywright.blueprints.foundation.provider_settings import ProviderSettings
from keywright.blueprints.foundation.settings import (
    AccountSettings,
    TokenSettings,
)
from keywright.shared.settings import load


class Settings(TokenSettings, AccountSettings, PictureSettings, ProviderSettings):
    """What the service can be told; nothing but the database and a secret must be.

    With *signin_otp* a mailed code has to follow the right password. What is not
    configured is off. Production refuses what is fit for development only.
    """

    blueprint: ClassVar[str] = "stateless-auth"

    signin_otp: bool = False
    """Whether a mailed code has to follow the right password."""


def load_settings(**given: object) -> Settings:
    """Return the settings of the environment; *given* wins over it.

    Raise `SettingsInvalid` with everything that is wrong, without values.
    """
    return load(Settings, **given)
