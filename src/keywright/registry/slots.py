"""The slots: modules that a choice replaces by one of several alternatives.

An alternative of `x` is the module `x_<name>` beside it, with the same public names.
In a copied project the chosen one takes the place and the name of `x`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from keywright.registry.choices import NO, YES, Choices

SQL: Final = frozenset({"sqlite", "postgresql", "mysql"})
MONGO: Final = frozenset({"mongodb"})


@dataclass(frozen=True, slots=True)
class Store:
    """A store that a project may choose: *value* of the choice *key*.

    *driver* is what it needs installed, *clients* are other packages that talk to it,
    *scheme* begins its addresses, *module* is the one of ours that connects to it.
    """

    key: str
    value: str
    driver: str
    scheme: str
    module: str
    clients: tuple[str, ...] = ()

    def is_chosen(self, choices: Choices) -> bool:
        """Say whether *choices* name this store."""
        return choices.value(self.key) == self.value


STORES: Final = (
    Store("database", "sqlite", "aiosqlite", "sqlite://", "shared.drivers"),
    Store(
        "database",
        "postgresql",
        "asyncpg",
        "postgresql://",
        "shared.drivers",
        ("psycopg",),
    ),
    Store("database", "mysql", "asyncmy", "mysql://", "shared.drivers"),
    Store("database", "mongodb", "pymongo", "mongodb://", "shared.mongo"),
    Store("cache", "redis", "redis", "redis://", "shared.redis"),
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to fill a slot, and when it is chosen.

    *when* lists the values that each key may have; *needs* names the distributions
    that no import of it shows. One without a *name* is the slot's own module.
    """

    name: str
    when: Mapping[str, frozenset[str]]
    needs: tuple[str, ...] = ()

    def fits(self, choices: Choices) -> bool:
        """Say whether *choices* call for this alternative."""
        return all(choices.value(key) in values for key, values in self.when.items())


@dataclass(frozen=True, slots=True)
class Slot:
    """A module with alternatives; *module* is named without the top package."""

    module: str
    alternatives: tuple[Alternative, ...]

    def origin(self, alternative: Alternative) -> str:
        """Return the module whose text takes the place of the slot."""
        return f"{self.module}_{alternative.name}" if alternative.name else self.module

    def alternative(self, choices: Choices) -> Alternative | None:
        """Return the alternative that *choices* call for, if there is one."""
        return next((one for one in self.alternatives if one.fits(choices)), None)


def one_per_value(module: str, key: str, *values: str) -> Slot:
    """Return the slot *module* with an alternative for each of *values* of *key*."""
    return Slot(
        module,
        tuple(Alternative(value, {key: frozenset({value})}) for value in values),
    )


RESPONSES: Final = one_per_value("shared.responses", "responses", "envelope", "problem")
MAILER: Final = one_per_value(
    "senders.mailer", "mailer", "console", "file", "smtp", "resend"
)
FILE_STORE: Final = one_per_value(
    "senders.file_store", "files", "local", "objects", "cloudinary"
)
DATABASE_ADDRESS: Final = Slot(
    "shared.database_address",
    (Alternative("sql", {"database": SQL}), Alternative("mongo", {"database": MONGO})),
)
REDIS_SETTINGS: Final = Slot(
    "blueprints.foundation.redis_settings",
    (
        Alternative("", {"cache": frozenset({"redis"})}),
        Alternative("none", {"cache": frozenset({"none"})}),
    ),
)
_SQL_OR_MONGO: Final = (
    Alternative("sql", {"database": SQL, "cache": frozenset({"none"})}),
    Alternative("mongo", {"database": MONGO, "cache": frozenset({"none"})}),
)
_WITH_REDIS: Final = (
    Alternative("sql_redis", {"database": SQL, "cache": frozenset({"redis"})}),
    Alternative("mongo_redis", {"database": MONGO, "cache": frozenset({"redis"})}),
)
HYBRID_STORAGE: Final = Slot(
    "blueprints.hybrid_auth.storage", (*_SQL_OR_MONGO, *_WITH_REDIS)
)
STATEFUL_STORAGE: Final = Slot(
    "blueprints.stateful_auth.storage", (*_SQL_OR_MONGO, *_WITH_REDIS)
)
STATELESS_STORAGE: Final = Slot("blueprints.stateless_auth.storage", _SQL_OR_MONGO)
AUTH_SERVICE_STORAGE: Final = Slot("blueprints.auth_service.storage", _SQL_OR_MONGO)
STARTER_STORAGE: Final = Slot("blueprints.backend_starter.storage", _SQL_OR_MONGO)


def there_or_not(module: str, part: str) -> Slot:
    """Return the slot *module*: itself with *part*, what does without it else."""
    return Slot(module, (Alternative("", {part: YES}), Alternative("none", {part: NO})))


PART_SLOTS: Final[Mapping[str, tuple[Slot, ...]]] = MappingProxyType(
    {
        "oauth": tuple(
            there_or_not(f"blueprints.foundation.{name}", "oauth")
            for name in (
                "social",
                "provider_settings",
                "providers_in_sql",
                "providers_in_mongo",
            )
        ),
        "avatars": tuple(
            there_or_not(f"blueprints.foundation.{name}", "avatars")
            for name in ("pictures", "picture_settings")
        ),
    }
)
"""The slots of each part: itself where it was asked for, else what does without it."""
