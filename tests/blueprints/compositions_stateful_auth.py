"""Opaque sessions, under test."""

from collections.abc import Mapping

from keywright.blueprints.stateful_auth.app import create_app, create_router
from keywright.blueprints.stateful_auth.settings import Settings
from keywright.blueprints.stateful_auth.storage import open_stores
from tests.blueprints.galleries import FILES
from tests.blueprints.kind import STATEFUL, Kind

KINDS: Mapping[str, Kind] = {
    STATEFUL: Kind(
        settings=Settings,
        create_app=create_app,
        create_router=create_router,
        open_stores=open_stores,
        refresh=None,
        cookies=("sid",),
        files=FILES,
    )
}
