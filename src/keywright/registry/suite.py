"""The suite that talks HTTP to a blueprint: what stands in its slots in a copy.

In this repository one suite runs against every blueprint on every store. A copy gets
the same tests for the one blueprint and the one store that it has.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from keywright.registry.choices import Choices
from keywright.registry.slots import (
    MONGO,
    SQL,
    Alternative,
    Slot,
    one_per_value,
    there_or_not,
)

FOLDER: Final = "blueprints"
"""The folder of the suite among the tests."""
ATTACKS: Final = "security"
"""The folder of the attacks, which name blueprints as the suite does."""
CONTRACTS: Final = "contracts"
"""The folder of the contracts of stores among the tests."""

ABOUT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "HYBRID": frozenset({"hybrid-auth"}),
        "STATEFUL": frozenset({"stateful-auth"}),
        "STATELESS": frozenset({"stateless-auth"}),
        "AUTH_SERVICE": frozenset({"auth-service"}),
        "STARTER": frozenset({"backend-starter"}),
        "PLAIN": frozenset({"auth-service", "backend-starter"}),
    }
)
"""The names by which a module of the suite says which blueprints it is about."""

_SERVERS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("database", "postgresql"): (
            "TEST_POSTGRES_URL=postgresql://postgres@127.0.0.1:5432/postgres"
        ),
        ("database", "mysql"): "TEST_MYSQL_URL=mysql://root@127.0.0.1:3306/mysql",
        ("database", "mongodb"): "TEST_MONGO_URL=mongodb://127.0.0.1:27017",
        ("cache", "redis"): "TEST_REDIS_URL=redis://127.0.0.1:6379/8",
    }
)

UNSAID: Final = "HYBRID"
"""What a module is about that says nothing."""


_FAMILIES: Final = frozenset({"families", "ended"})
HELD: Final[Mapping[str, tuple[str, frozenset[str]]]] = MappingProxyType(
    {
        "hybrid_auth": ("signed", _FAMILIES | {"keys"}),
        "stateless_auth": ("signed", _FAMILIES | {"keys"}),
        "stateful_auth": ("opaque", frozenset({"sessions"})),
        "auth_service": ("signed", _FAMILIES | {"keys"}),
        "backend_starter": ("families", _FAMILIES),
    }
)
"""What stands in the slot of who keeps sessions, and the stores that it names."""
_LINKED: Final = frozenset({"identities", "transactions"})


def has_store(name: str, folder: str, choices: Choices) -> bool:
    """Say whether the blueprint in *folder* keeps anything in the store *name*.

    Stores are named as modules of the contracts do in STORE; those that are not about
    sessions or providers are there in every blueprint.
    """
    if name in _LINKED:
        return choices.value("oauth") == "yes"
    every = frozenset[str]().union(*(names for _, names in HELD.values()))
    return name not in every or name in HELD[folder][1]


def servers(choices: Choices) -> Sequence[str]:
    """Return the variables that name the servers of the suite, with usual addresses.

    It makes databases of its own there; in Redis it uses another number than the
    application.
    """
    return [
        line for (key, value), line in _SERVERS.items() if choices.value(key) == value
    ]


def suite(folder: str) -> tuple[Slot, ...]:
    """Return the slots of the suite for the blueprint in *folder*."""
    return (
        Slot(f"{FOLDER}.compositions", (Alternative(folder, {}),)),
        Slot(f"{FOLDER}.collections", (Alternative(folder, {"database": MONGO}),)),
        _DATABASES,
        _CACHES,
        _FORMS,
        _ROWS,
        _ATTACKED,
        _BACKENDS,
        _BEHIND,
        _LINKED_SLOT,
        Slot(f"{CONTRACTS}.held", (Alternative(HELD[folder][0], {}),)),
        *_OF_PARTS,
    )


_DATABASES: Final = one_per_value(
    f"{FOLDER}.databases", "database", "sqlite", "postgresql", "mysql", "mongodb"
)
_CACHES: Final = one_per_value(f"{FOLDER}.caches", "cache", "none", "redis")
_FORMS: Final = one_per_value(f"{FOLDER}.forms", "responses", "envelope", "problem")
_OF_PARTS: Final = (
    there_or_not(f"{FOLDER}.providers", "oauth"),
    there_or_not(f"{FOLDER}.galleries", "avatars"),
)
_ROWS: Final = Slot(f"{FOLDER}.rows", (Alternative("none", {}),))
_ATTACKED: Final = Slot(f"{ATTACKS}.conftest", (Alternative("chosen", {}),))
_BACKENDS: Final = Slot(f"{CONTRACTS}.backends", (Alternative("chosen", {}),))
_BEHIND: Final = Slot(
    f"{CONTRACTS}.behind",
    (
        Alternative("sql", {"database": SQL}),
        Alternative("mongo", {"database": MONGO}),
    ),
)
_LINKED_SLOT: Final = there_or_not(f"{CONTRACTS}.linked", "oauth")
