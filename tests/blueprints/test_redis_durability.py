"""A Redis that would lose writes is refused as a session store, one or several."""

import pytest

from keywright.blueprints.hybrid_auth.app import create_app
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.shared.settings import SettingsInvalid
from tests.blueprints.fixtures import House
from tests.blueprints.storages import make_tables

VARIANTS = ("sqlite+redis", "sqlite+cluster")


async def test_the_start_refuses_servers_without_append_only_file(
    house: House, variant: str
) -> None:
    settings = house.settings(variant, redis_durability="strict")
    assert isinstance(settings, Settings)
    await make_tables(settings.database_url.get_secret_value())
    app = create_app(settings, mailer=house.mails)

    with pytest.raises(SettingsInvalid) as refused:
        async with app.router.lifespan_context(app):
            pass

    assert "appendonly" in refused.value.problems["AUTH_REDIS_URL"]


async def test_whoever_accepts_the_loss_may_start(house: House, variant: str) -> None:
    settings = house.settings(variant, redis_durability="relaxed")
    assert isinstance(settings, Settings)
    await make_tables(settings.database_url.get_secret_value())
    app = create_app(settings, mailer=house.mails)

    async with app.router.lifespan_context(app):
        assert app.state.auth is not None
