"""What a removed user leaves: of families, nothing that can be used."""

from tests.contracts.backend import Backend
from tests.contracts.stores import Stores
from tests.features.refresh_tokens.builders import family, session_of
from tests.features.users.builders import user
from tests.instants import MINUTE, NOW

STORE = "families"
LATER = NOW + MINUTE


async def test_the_sessions_of_a_removed_user_are_gone(
    stores: Stores, kind: Backend
) -> None:
    row = user()
    kept = family(user_id=row.id)
    await stores.users.add(row)
    await stores.families.add(kept, session_of(kept))

    await stores.users.remove(row.id)

    assert await stores.families.by_id(kept.id, row.id) is None
    if not kind.forgets:
        assert not await stores.families.of_user(row.id, epoch=0, now=LATER)
