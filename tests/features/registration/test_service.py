"""A registration makes a user and signs them in."""

import asyncio

import pytest

from keywright.features.passwords.errors import InvalidCredentials, PasswordRefused
from keywright.features.passwords.service import PasswordDoor
from keywright.features.registration.service import Registration
from keywright.features.registration.types import Person
from keywright.features.sessions.types import Device
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import EmailTaken, SignUpClosed
from tests.features.steps import Crashed, crash
from tests.features.world import ADDRESS, DEVICE, OTHER_PASSWORD, PASSWORD, World

ADA = Person("Ada Lovelace", ADDRESS, "Ada", "Lovelace")


def registration(
    world: World, *, role: str = "customer", is_open: bool = True
) -> Registration:
    """Return the service over the stores of *world*."""
    return Registration(
        users=world.users,
        passwords=world.passwords,
        door=world.signing_in,
        publish=world.publish,
        now=world.clock,
        role=role,
        is_open=is_open,
    )


def door(world: World) -> PasswordDoor:
    """Return the door of a contract that proves no addresses."""
    return PasswordDoor(
        users=world.users,
        passwords=world.passwords,
        lockout=world.lockout.without_stop(),
        devices=world.devices,
        door=world.signing_in,
        outbox=world.outbox,
        letters=world.writer,
        publish=world.publish,
        now=world.clock,
        needs_proved_address=False,
    )


async def register(
    world: World, person: Person = ADA, *, password: str = PASSWORD
) -> SignedIn:
    """Register *person*."""
    return await registration(world).register(person, password, device=DEVICE)


async def test_a_closed_registration_takes_nobody_and_tells_nothing() -> None:
    world = World()
    for password in (PASSWORD, "short"):
        closed = registration(world, is_open=False)
        with pytest.raises(SignUpClosed):
            await closed.register(ADA, password, device=DEVICE)
    assert await world.users.by_email(ADDRESS) is None


async def test_a_registration_makes_the_user_and_opens_a_session() -> None:
    world = World()

    signed_in = await register(world)

    kept = await world.users.by_email(ADDRESS)
    assert kept == signed_in.user
    assert (kept.name, kept.first_name, kept.last_name) == (
        "Ada Lovelace",
        "Ada",
        "Lovelace",
    )
    assert (await world.principal(signed_in.credentials)).user == kept
    assert world.happened() == ["UserRegistered", "UserSignedIn"]


async def test_a_name_alone_will_do() -> None:
    world = World()

    signed_in = await register(world, Person("Ada Lovelace", ADDRESS))

    assert signed_in.user.first_name is None
    assert signed_in.user.last_name is None


async def test_the_role_is_the_contracts() -> None:
    world = World()

    signed_in = await register(world)

    assert signed_in.user.role == "customer"


async def test_nobody_has_proved_the_address() -> None:
    world = World()

    signed_in = await register(world)

    assert not signed_in.user.is_email_verified
    assert world.letters() == []


async def test_a_registered_user_signs_in_without_a_proved_address() -> None:
    world = World()
    registered = await register(world)

    again = await door(world).sign_in(
        ADDRESS, PASSWORD, device=DEVICE, device_cookie=registered.device_cookie
    )

    assert again.user.id == registered.user.id
    assert again.credentials.session_id != registered.credentials.session_id


async def test_a_taken_address_is_refused_and_its_user_stays() -> None:
    world = World()
    owner = await world.add_user()

    with pytest.raises(EmailTaken):
        await register(world, password=OTHER_PASSWORD)

    assert await world.users.by_email(ADDRESS) == owner
    assert world.happened() == ["RegistrationRefused"]


async def test_an_address_that_came_free_meanwhile_is_refused_all_the_same() -> None:
    world = World()
    owner = await world.add_user()
    world.steps.before("users.by_email", lambda: world.users.remove(owner.id))

    with pytest.raises(EmailTaken):
        await register(world)

    assert world.happened() == ["RegistrationRefused"]


async def test_of_many_registrations_of_one_address_one_succeeds() -> None:
    world = World()

    async def attempt() -> bool:
        try:
            await register(world)
        except EmailTaken:
            return False
        return True

    results = await asyncio.gather(*(attempt() for _ in range(20)))

    assert results.count(True) == 1


@pytest.mark.parametrize("password", ["short", "lovelace1815", "Ada Lovelace"])
async def test_a_bad_password_is_refused_before_anything_happens(
    password: str,
) -> None:
    world = World()

    with pytest.raises(PasswordRefused) as error:
        await register(world, password=password)

    assert error.value.errors is not None
    assert set(error.value.errors) == {"password"}
    assert world.steps.taken == []


async def test_after_a_crash_the_user_signs_in_like_any_other() -> None:
    world = World()
    world.steps.before("families.add", crash)
    with pytest.raises(Crashed):
        await register(world)

    signed_in = await door(world).sign_in(
        ADDRESS, PASSWORD, device=DEVICE, device_cookie=None
    )

    assert signed_in.user.email == ADDRESS


async def guess(world: World, *, times: int) -> None:
    """Guess wrong from many networks."""
    for number in range(times):
        with pytest.raises(InvalidCredentials):
            await door(world).sign_in(
                ADDRESS,
                OTHER_PASSWORD,
                device=Device("curl", f"2001:db8:{number % 11:x}::1"),
                device_cookie=None,
            )


@pytest.mark.attack("F9")
async def test_no_guesses_of_strangers_keep_the_owner_out_on_a_new_device() -> None:
    world = World()
    registered = await register(world)
    await guess(world, times=150)

    signed_in = await door(world).sign_in(
        ADDRESS, PASSWORD, device=DEVICE, device_cookie=None
    )

    assert signed_in.user.id == registered.user.id


async def test_the_owner_is_told_of_guesses_without_the_offer_of_a_reset() -> None:
    world = World()
    await register(world)
    await guess(world, times=11)

    assert world.kinds() == ["tries_refused"]
    assert "reset" not in world.mail().text
