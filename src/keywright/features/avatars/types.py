"""What a user sends to change the profile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, under the media type that its sender claims."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """New values; None leaves a member as it is."""

    name: str | None = None
    picture: Upload | None = None
