"""The blueprints under test; a slot, which copied code fills with its own alone."""

from collections.abc import Mapping

from tests.blueprints.compositions_auth_service import KINDS as AUTH_SERVICE
from tests.blueprints.compositions_backend_starter import KINDS as STARTER
from tests.blueprints.compositions_hybrid_auth import KINDS as HYBRID
from tests.blueprints.compositions_stateful_auth import KINDS as STATEFUL
from tests.blueprints.compositions_stateless_auth import KINDS as STATELESS
from tests.blueprints.kind import Kind

KINDS: Mapping[str, Kind] = {
    **HYBRID,
    **STATEFUL,
    **STATELESS,
    **AUTH_SERVICE,
    **STARTER,
}
