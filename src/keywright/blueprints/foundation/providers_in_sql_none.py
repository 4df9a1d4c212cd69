"""Nothing of providers is kept: nobody signs in with one."""

from collections.abc import Mapping

from keywright.blueprints.foundation.types import PartStores
from keywright.shared.sql import Database


def provider_stores(
    db: Database,  # noqa: ARG001 - nothing is kept there
) -> Mapping[type, PartStores]:
    """Return no stores."""
    return {}
