"""Access tokens over sessions that end at once, under test."""

from collections.abc import Mapping

from keywright.blueprints.hybrid_auth.app import create_app, create_router
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.blueprints.hybrid_auth.storage import open_stores
from keywright.features.keys.service import SigningKeys
from tests.blueprints.checked import CHECKED
from tests.blueprints.galleries import FILES
from tests.blueprints.kind import HYBRID, Kind

KINDS: Mapping[str, Kind] = {
    HYBRID: Kind(
        settings=Settings,
        create_app=create_app,
        create_router=create_router,
        open_stores=open_stores,
        files=FILES,
        on_time=(SigningKeys,),
        beside=(CHECKED,),
    )
}
