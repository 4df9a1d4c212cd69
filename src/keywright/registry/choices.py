"""What a project chooses: the keys of its `keywright.toml` and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

OPTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "layout": ("feature", "mvc"),
        "database": ("sqlite", "postgresql", "mysql", "mongodb"),
        "cache": ("none", "redis"),
        "mailer": ("console", "file", "smtp", "resend"),
        "responses": ("envelope", "problem"),
        "files": ("local", "objects", "cloudinary"),
    }
)
"""The values of each key; the first is taken when nobody is asked."""

PARTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "oauth": "sign-in with Google, GitHub, Facebook and any OpenID provider",
        "avatars": "pictures of users",
    }
)
"""What comes along only where it is asked for, and what it is; the key is `with`."""

YES, NO = frozenset({"yes"}), frozenset({"no"})
"""The values of a part as a key: whether it is among those that were asked for."""

ASKED: Final = tuple(OPTIONS)
"""The keys that a person is asked for, beside the package."""


@dataclass(frozen=True, slots=True)
class Choices:
    """How the code of one project is arranged and what it stands on."""

    package: str
    layout: str = "feature"
    database: str = "sqlite"
    cache: str = "none"
    mailer: str = "console"
    responses: str = "envelope"
    files: str = "local"
    parts: tuple[str, ...] = ()

    def value(self, key: str) -> str:
        """Return what was chosen for *key*: of `OPTIONS`, "package", "with", a part."""
        if key in PARTS:
            return "yes" if key in self.parts else "no"
        if key == "with":
            return ",".join(self.parts)
        chosen: str = getattr(self, key)
        return chosen

    def as_mapping(self) -> Mapping[str, str]:
        """Return the choices by key, in the order of `keywright.toml`."""
        others = (key for key in OPTIONS if key != "layout")
        keys = ("layout", "package", *others, "with")
        return {key: self.value(key) for key in keys}
