"""Access tokens checked without a store, under test."""

from collections.abc import Mapping

from keywright.blueprints.stateless_auth.app import create_app, create_router
from keywright.blueprints.stateless_auth.settings import Settings
from keywright.blueprints.stateless_auth.storage import open_stores
from keywright.features.keys.service import SigningKeys
from tests.blueprints.checked import CHECKED
from tests.blueprints.galleries import FILES
from tests.blueprints.kind import DATABASES, STATELESS, Kind

KINDS: Mapping[str, Kind] = {
    STATELESS: Kind(
        settings=Settings,
        create_app=create_app,
        create_router=create_router,
        open_stores=open_stores,
        storages=DATABASES,
        files=FILES,
        on_time=(SigningKeys,),
        beside=(CHECKED,),
    )
}
