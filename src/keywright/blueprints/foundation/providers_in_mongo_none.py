"""Nothing of providers is kept: nobody signs in with one."""

from collections.abc import Mapping
from typing import Final

from keywright.blueprints.foundation.types import PartStores
from keywright.shared.mongo import Documents, MongoDatabase

COLLECTIONS: Final[tuple[Documents, ...]] = ()


def provider_stores(
    db: MongoDatabase,  # noqa: ARG001 - nothing is kept there
) -> Mapping[type, PartStores]:
    """Return no stores."""
    return {}
