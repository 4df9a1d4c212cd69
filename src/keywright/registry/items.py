"""The items: what can be copied, by name."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from keywright.registry.blueprints import BLUEPRINTS
from keywright.registry.components import COMPONENTS
from keywright.registry.item import Item
from keywright.registry.schema import SCHEMAS

ITEMS: Final[Mapping[str, Item]] = MappingProxyType(
    {item.name: item for item in (*BLUEPRINTS, *SCHEMAS, *COMPONENTS)}
)
"""Every item by its name."""

KINDS: Final = tuple(dict.fromkeys(name.partition("/")[0] for name in ITEMS))
"""What an item can be: the first word after `add`."""
