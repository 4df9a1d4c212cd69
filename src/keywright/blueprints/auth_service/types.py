"""What auth-service needs kept."""

from keywright.blueprints.foundation.types import Stores as AnyStores
from keywright.features.refresh_tokens.store import RefreshFamilyStore

Stores = AnyStores[RefreshFamilyStore]
