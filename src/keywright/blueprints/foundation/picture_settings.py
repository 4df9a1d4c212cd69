"""The settings of pictures."""

from pydantic import Field, SecretStr

from keywright.blueprints.foundation.settings import AuthSettings, refused_by
from keywright.senders.file_store import open_file_store

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

    def problems(self) -> dict[str, str]:
        """Return what is wrong with the settings taken together, by variable."""
        problems = super().problems()
        # Who sets no store of files may have one that no address names.
        if "files_url" in self.model_fields_set:
            url = self.files_url.get_secret_value()
            problems |= refused_by(lambda: open_file_store(url, served_at=""))
        return problems
