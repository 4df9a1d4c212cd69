"""The smallest complete start, under test."""

from collections.abc import Mapping

from keywright.blueprints.backend_starter.app import create_app, create_router
from keywright.blueprints.backend_starter.settings import Settings
from keywright.blueprints.backend_starter.storage import open_stores
from keywright.features.keys.service import SigningKeys
from tests.blueprints.checked import CHECKED
from tests.blueprints.kind import DATABASES, STARTER, Kind

KINDS: Mapping[str, Kind] = {
    STARTER: Kind(
        settings=Settings,
        create_app=create_app,
        create_router=create_router,
        open_stores=open_stores,
        base="/v1/auth",
        sign_in="/login",
        refresh="/refresh",
        me="/me",
        cookies=("rt",),
        cookie_path="/v1/auth",
        storages=DATABASES,
        on_time=(SigningKeys,),
        beside=(CHECKED,),
    )
}
