"""Values for the variables that a fresh project must set, by its choices."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from keywright.registry.choices import Choices

_VALUES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = MappingProxyType(
    {
        "AUTH_DATABASE_URL": (
            "database",
            {
                "sqlite": "sqlite:///{package}.db",
                "postgresql": "postgresql://postgres@127.0.0.1:5432/{package}",
                "mysql": "mysql://root@127.0.0.1:3306/{package}",
                "mongodb": "mongodb://127.0.0.1:27017/{package}",
            },
        ),
        "AUTH_REDIS_URL": ("cache", {"redis": "redis://127.0.0.1:6379/0"}),
        "AUTH_MAIL_URL": (
            "mailer",
            {
                "console": "console:",
                "file": "file:mails",
                "smtp": "smtp://127.0.0.1:1025",
                "resend": "resend:replace-with-your-key",
            },
        ),
        "AUTH_RESPONSES": ("responses", {"problem": "problem"}),
        "AUTH_FILES_URL": (
            "files",
            {
                "local": "file:avatars",
                "objects": "s3://{package}-avatars",
                "cloudinary": "cloudinary://replace-key:replace-secret@replace-cloud",
            },
        ),
    }
)

_IGNORED: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("database", "sqlite"): "/{package}.db*",
        ("mailer", "file"): "/mails/",
        ("files", "local"): "/avatars/",
    }
)

FRESH: Final = ("AUTH_SECRET",)
"""The variables that every project gets a random value of its own for."""


def values(choices: Choices) -> Mapping[str, str]:
    """Return the values that follow from *choices*, by variable."""
    package = choices.package.partition(".")[0]
    return {
        name: texts[choices.value(key)].format(package=package)
        for name, (key, texts) in _VALUES.items()
        if choices.value(key) in texts
    }


def ignored(choices: Choices) -> Sequence[str]:
    """Return what git must not see, besides `.env`: data of people."""
    package = choices.package.partition(".")[0]
    return [
        pattern.format(package=package)
        for (key, value), pattern in _IGNORED.items()
        if choices.value(key) == value
        and (key != "files" or "avatars" in choices.parts)
    ]
