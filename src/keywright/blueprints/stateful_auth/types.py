"""What stateful-auth needs kept."""

from keywright.blueprints.foundation.types import Stores as AnyStores
from keywright.features.opaque_sessions.store import SessionStore

Stores = AnyStores[SessionStore]
