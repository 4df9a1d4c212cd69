"""The one door every sign-in goes through."""

from dataclasses import dataclass

import pytest

from keywright.features.sign_in.errors import SecondFactorRequired
from keywright.features.sign_in.service import recognised
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import AccountBanned, AccountDeactivated
from keywright.features.users.types import Status, User
from tests.features.sessions.builders import device
from tests.features.world import World
from tests.instants import DAY

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)


@dataclass(slots=True)
class Factor:
    """A second factor that is asked for, or not."""

    is_required: bool
    name: str = "totp"

    async def required_for(self, user: User) -> bool:
        """Say whether *user* has to show it."""
        return self.is_required


async def finish(world: World, user: User, *, known: str | None = None) -> SignedIn:
    """Pass the door with a right first factor."""
    return await world.signing_in.finish(
        user, device(user_agent=CHROME), amr=("pwd", "otp"), known_device=known
    )


async def test_the_session_names_the_factors_and_the_device() -> None:
    world = World()
    user = await world.add_user()

    signed_in = await finish(world, user)

    principal = await world.principal(signed_in.credentials)
    assert principal.amr == ("pwd", "otp")
    (session,) = await world.sessions.listed(principal)
    assert session.device.user_agent == CHROME
    assert [getattr(event, "method", None) for event in world.events] == ["pwd otp"]


async def test_the_last_sign_in_is_kept() -> None:
    world = World()
    user = await world.add_user()

    signed_in = await finish(world, user)

    kept = await world.users.by_id(user.id)
    assert kept is not None
    assert signed_in.user.last_login_at == kept.last_login_at == world.now


async def test_a_banned_user_gets_no_session() -> None:
    world = World()
    user = await world.add_user(status=Status.BANNED)

    with pytest.raises(AccountBanned):
        await finish(world, user)

    assert "families.add" not in world.steps.taken


@pytest.mark.attack("M1")
async def test_a_deactivated_user_gets_a_token_to_come_back_and_no_session() -> None:
    world = World()
    user = await world.add_user(status=Status.DEACTIVATED, purge_after=world.now + DAY)

    with pytest.raises(AccountDeactivated) as refused:
        await finish(world, user)

    assert refused.value.data is not None
    assert set(refused.value.data) == {"reactivationToken"}
    assert "families.add" not in world.steps.taken


async def test_a_second_factor_that_is_required_is_asked_for() -> None:
    world = World(second_factors=(Factor(is_required=False), Factor(is_required=True)))
    user = await world.add_user()

    with pytest.raises(SecondFactorRequired) as refused:
        await finish(world, user)

    assert refused.value.data == {"factor": "totp"}
    assert "families.add" not in world.steps.taken


async def test_a_second_factor_that_is_not_required_is_not_asked_for() -> None:
    world = World(second_factors=(Factor(is_required=False),))

    await finish(world, await world.add_user())


@pytest.mark.attack("N1")
@pytest.mark.parametrize("status", [Status.DEACTIVATED, Status.BANNED])
async def test_the_state_of_an_account_is_told_after_all_factors_only(
    status: Status,
) -> None:
    world = World(second_factors=(Factor(is_required=True),))
    user = await world.add_user(status=status, purge_after=world.now + DAY)

    with pytest.raises(SecondFactorRequired):
        await finish(world, user)


async def test_the_owner_is_told_of_a_device_that_was_not_seen_before() -> None:
    world = World()
    user = await world.add_user(last_login_at=world.now - DAY)

    await finish(world, user)

    assert world.kinds() == ["new_device"]
    mail = world.mail()
    assert mail.to == user.email
    assert "Chrome on Linux" in mail.text
    assert "192.0.2.7" in mail.text


async def test_a_first_sign_in_and_a_known_device_are_no_news() -> None:
    world = World()
    fresh = await world.add_user()
    await finish(world, fresh)

    seen = await world.add_user(email="b@example.com", last_login_at=world.now - DAY)
    cookie = world.devices.issue(seen.id, seen.epoch)
    await finish(world, seen, known=recognised(world.devices, seen, cookie))

    assert world.kinds() == []


async def test_a_known_device_stays_the_same_device() -> None:
    world = World()
    user = await world.add_user()
    first = await finish(world, user)
    known = recognised(world.devices, user, first.device_cookie)

    again = await finish(world, user, known=known)

    assert known is not None
    assert again.device_cookie == first.device_cookie


async def test_of_an_unknown_user_no_device_is_known() -> None:
    world = World()
    user = await world.add_user()
    cookie = world.devices.issue(user.id, user.epoch)

    assert recognised(world.devices, None, cookie) is None
    assert recognised(world.devices, user, cookie) is not None


async def test_the_repr_of_a_sign_in_shows_no_token() -> None:
    world = World()
    signed_in = await finish(world, await world.add_user())

    shown = repr(signed_in)

    assert signed_in.device_cookie not in shown
    assert signed_in.credentials.access not in shown
