"""The items: what can be copied, by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from keywright.registry.slots import HYBRID_STORAGE, MAILER, RESPONSES, Slot


@dataclass(frozen=True, slots=True)
class Item:
    """Something that can be copied: its root modules and what they pull in.

    Modules are named without the top package. *settings* is the module whose class
    `Settings` says which variables there are, *needs* names distributions that no
    import shows, *start* is the command that starts it.
    """

    name: str
    summary: str
    roots: tuple[str, ...]
    slots: tuple[Slot, ...] = ()
    settings: str | None = None
    needs: tuple[str, ...] = ()
    start: str = ""


HYBRID_AUTH: Final = Item(
    "blueprint/hybrid-auth",
    "Short-lived access tokens, rotating refresh tokens and sessions that end at once",
    roots=("blueprints.hybrid_auth.app",),
    slots=(HYBRID_STORAGE, MAILER, RESPONSES),
    settings="blueprints.hybrid_auth.settings",
    needs=("uvicorn",),
    start="uvicorn {package}.main:create_app --factory",
)

ITEMS: Final[Mapping[str, Item]] = MappingProxyType(
    {item.name: item for item in (HYBRID_AUTH,)}
)
"""Every item by its name."""
