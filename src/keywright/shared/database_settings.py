"""The one setting that tables and collections need."""

from pydantic import SecretStr

from keywright.shared.settings import EnvironmentSettings


class Settings(EnvironmentSettings):
    """Where the database is; migrations need to know nothing else."""

    database_url: SecretStr
    """The address of the database, with user and password."""
