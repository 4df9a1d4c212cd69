"""No settings of providers: nobody signs in with one."""

from keywright.blueprints.foundation.settings import AuthSettings


class ProviderSettings(AuthSettings):
    """Nothing beyond what every composition reads."""
