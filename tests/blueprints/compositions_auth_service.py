"""The service of tokens, under test."""

from collections.abc import Mapping

from keywright.blueprints.auth_service.app import create_app, create_router
from keywright.blueprints.auth_service.settings import Settings
from keywright.blueprints.auth_service.storage import open_stores
from keywright.features.keys.service import SigningKeys
from tests.blueprints.checked import CHECKED
from tests.blueprints.kind import AUTH_SERVICE, DATABASES, Kind

KINDS: Mapping[str, Kind] = {
    AUTH_SERVICE: Kind(
        settings=Settings,
        create_app=create_app,
        create_router=create_router,
        open_stores=open_stores,
        base="/auth",
        sign_in="/login",
        refresh="/refresh",
        me="/self",
        cookies=("access_token", "refresh_token"),
        storages=DATABASES,
        databases="tokens",
        on_time=(SigningKeys,),
        beside=(CHECKED,),
    )
}
