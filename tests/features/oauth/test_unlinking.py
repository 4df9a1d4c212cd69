"""Unlinking a provider, and the sessions that it opened."""

from dataclasses import replace

import pytest

from keywright.features.identities.errors import LastFactor, NotLinked
from keywright.features.identities.memory import Identities as IdentityStore
from keywright.features.identities.types import Identity
from keywright.features.oauth.errors import AnswerInvalid
from keywright.features.sessions.types import Principal
from tests.features.oauth.test_service import Desk
from tests.features.world import PASSWORD, World


async def by_provider(desk: Desk) -> Principal:
    """Sign in with the provider that is linked."""
    return await desk.world.principal((await desk.sign_in()).credentials)


async def by_password(desk: Desk) -> Principal:
    """Sign in once more by password."""
    signed_in = await desk.world.sign_in("owner@example.com", PASSWORD)
    return await desk.world.principal(signed_in.credentials)


async def live(desk: Desk, principal: Principal) -> set[object]:
    """Return the sessions of the principal's user."""
    user, world = principal.user, desk.world
    found = await world.families.of_user(user.id, epoch=user.epoch, now=world.now)
    return {session.id for session in found}


@pytest.mark.attack("C14")
async def test_other_sessions_that_a_provider_opened_end() -> None:
    desk = Desk()
    owner = await desk.principal()
    await desk.link(owner)
    thief, elsewhere = await by_provider(desk), await by_password(desk)
    assert len(await live(desk, owner)) == 3

    await desk.oauth.unlink(owner, "told")

    assert await live(desk, owner) == {owner.session_id, elsewhere.session_id}
    assert thief.user.id == owner.user.id
    assert desk.world.happened()[-2:] == ["IdentityUnlinked", "SessionEndedBy"]


async def test_the_session_that_unlinks_stays_even_if_a_provider_opened_it() -> None:
    desk = Desk()
    owner = await desk.principal()
    await desk.link(owner)
    mine, other = await by_provider(desk), await by_provider(desk)

    await desk.oauth.unlink(mine, "told")

    assert await live(desk, owner) == {owner.session_id, mine.session_id}
    assert other.session_id not in await live(desk, owner)


async def test_the_mail_says_what_became_of_the_devices() -> None:
    desk = Desk()
    owner = await desk.principal()
    await desk.link(owner)

    await desk.oauth.unlink(owner, "told")

    text = " ".join(desk.world.mail().text.split())
    assert "nobody can sign in to your account with Told any more" in text
    assert "Other devices that were signed in with a provider are signed out" in text


async def test_what_is_refused_ends_no_session() -> None:
    desk = Desk()
    first, second = await by_provider(desk), await by_provider(desk)

    with pytest.raises(LastFactor):
        await desk.oauth.unlink(first, "told")
    with pytest.raises(NotLinked):
        await desk.oauth.unlink(first, "other")

    assert await live(desk, first) == {first.session_id, second.session_id}


class Outrun(IdentityStore):
    """A store in which somebody unlinks whatever has just been found."""

    def __init__(self, world: World) -> None:
        super().__init__(world.users, world.outbox)
        self.is_outrun = False

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        found = await super().by_subject(issuer, subject)
        if found is not None and self.is_outrun:
            await self.forget(found.user_id)
        return found


@pytest.mark.attack("C14")
async def test_a_sign_in_that_an_unlinking_overtakes_opens_nothing() -> None:
    desk = Desk()
    store = Outrun(desk.world)
    identities = replace(desk.oauth.identities, store=store)
    desk.oauth = replace(desk.oauth, identities=identities)
    owner = await desk.principal()
    await desk.link(owner)
    store.is_outrun = True

    with pytest.raises(AnswerInvalid):
        await desk.sign_in()

    assert await live(desk, owner) == {owner.session_id}
