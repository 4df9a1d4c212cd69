"""No settings of pictures: none are taken."""

from keywright.blueprints.foundation.settings import AuthSettings


class PictureSettings(AuthSettings):
    """Nothing beyond what every composition reads."""
