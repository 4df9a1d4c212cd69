"""The settings of pictures."""

from pydantic import Field, SecretStr

from keywright.blueprints.foundation.settings import AuthSettings

__all__ = ["PictureSettings"]


class PictureSettings(AuthSettings):
    """What pictures of users need."""

    files_url: SecretStr = Field(
        default=SecretStr("file:avatars"),
        description="Where pictures are kept: file:DIR, s3://bucket or cloudinary://.",
    )
    """Where pictures are kept: file:DIR, s3://bucket or cloudinary://."""
    avatar_max_bytes: int = Field(
        default=5 * 1024 * 1024,
        ge=64 * 1024,
        le=20 * 1024 * 1024,
        description="The largest picture that is taken, in bytes.",
    )
    """The largest picture that is taken, in bytes."""
