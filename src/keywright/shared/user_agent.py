"""What a User-Agent header tells of a device; a label for people, never a proof."""

from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse

LONGEST = 512
_PHONES = frozenset({"iOS", "Android", "Windows Phone"})


@dataclass(frozen=True, slots=True)
class DeviceLabel:
    """Browser and system by name, and mobile, desktop or other."""

    browser: str
    os: str
    kind: str

    def __str__(self) -> str:
        """Return one line for a mail."""
        return f"{self.browser} on {self.os}"


@lru_cache(maxsize=1024)
def describe(user_agent: str) -> DeviceLabel:
    """Return the label of *user_agent*, at most 512 characters of which count."""
    result = parse(user_agent[:LONGEST])
    browser = result.user_agent.family if result.user_agent else "Unknown browser"
    os = result.os.family if result.os else "unknown system"
    return DeviceLabel(browser, os, _kind_of(os) if result.os else "other")


def _kind_of(os: str) -> str:
    return "mobile" if os in _PHONES else "desktop"
