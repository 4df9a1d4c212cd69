"""Opaque sessions over the memory twins, with a clock that tests set."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from keywright.features.opaque_sessions.memory import Sessions
from keywright.features.opaque_sessions.service import OpaqueSessions, read
from keywright.features.opaque_sessions.types import SessionLifetimes
from keywright.features.outbox.memory import Letters
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.events import SessionEndedBy
from keywright.features.sessions.types import (
    Credentials,
    EndReason,
    PresentedCredentials,
    Principal,
)
from keywright.features.users.memory import Users
from keywright.features.users.types import Status, User
from keywright.shared.errors import NotSignedIn
from keywright.shared.events import Event
from keywright.shared.secrets import from_text, to_text
from tests.features.sessions.builders import device
from tests.features.steps import Steps
from tests.features.users.builders import user
from tests.instants import DAY, HOUR, MILLISECOND, MINUTE, NOW


@dataclass
class World:
    """The service, its stores as steps, and what was published."""

    now: datetime = NOW
    most: int = 10
    events: list[Event] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)

    def __post_init__(self) -> None:
        letters = Letters()
        self.users = Users(letters)
        self.kept = Sessions(self.users, letters)
        self.service = OpaqueSessions(
            sessions=self.steps.watch("sessions", self.kept),
            lifetimes=SessionLifetimes(),
            max_sessions=self.most,
            publish=self.publish,
            now=lambda: self.now,
        )

    async def publish(self, event: Event) -> None:
        self.events.append(event)

    async def opened(self, owner: User | None = None) -> tuple[User, Credentials]:
        """Open a session of *owner*, who is added if not given."""
        if owner is None:
            owner = user()
            await self.users.add(owner)
        return owner, await self.service.open(owner, device(), amr=("pwd",))

    async def shown(self, token: str) -> Principal:
        """Return who presents *token* as a cookie."""
        return await self.service.authenticate(PresentedCredentials(token, None))


@pytest.fixture
def world() -> World:
    return World()


async def test_a_session_is_recognised_by_its_token(world: World) -> None:
    owner, given = await world.opened()

    principal = await world.shown(given.access)

    assert principal == Principal(owner, given.session_id, NOW, ("pwd",))


async def test_a_token_may_travel_as_bearer(world: World) -> None:
    owner, given = await world.opened()
    shown = PresentedCredentials(None, given.access)

    assert (await world.service.authenticate(shown)).user == owner


async def test_there_is_nothing_to_refresh(world: World) -> None:
    _, given = await world.opened()

    assert (given.refresh, given.refresh_lifetime) == (None, None)
    assert given.access_lifetime == 30 * DAY


async def test_a_token_holds_256_random_bits_behind_two_ids(world: World) -> None:
    owner, first = await world.opened()
    _, second = await world.opened(owner)
    contents = [from_text(one.access) for one in (first, second)]

    assert [len(one) for one in contents] == [64, 64]
    assert contents[0][:16] == first.session_id.bytes
    assert contents[0][16:32] == owner.id.bytes
    assert contents[0][32:] != contents[1][32:]


async def test_the_store_is_given_a_digest_only(world: World) -> None:
    _, given = await world.opened()

    [(_, digest)] = world.kept._kept.values()

    assert digest not in from_text(given.access)


async def test_without_a_token_nobody_is_signed_in(world: World) -> None:
    with pytest.raises(NotSignedIn):
        await world.service.authenticate(PresentedCredentials(None, None))


@pytest.mark.parametrize("token", ["", "x", "é" * 86, "=" * 86, "a" * 85 + "!"])
async def test_a_token_of_another_form_asks_no_store(world: World, token: str) -> None:
    with pytest.raises(NotSignedIn):
        await world.shown(token)

    assert read(token) is None
    assert world.steps.taken == []


async def test_a_changed_token_is_no_token(world: World) -> None:
    _, given = await world.opened()
    content = bytearray(from_text(given.access))
    for place in (0, 16, 63):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises(SessionEnded):
            await world.shown(to_text(bytes(changed)))


async def test_a_check_is_one_read(world: World) -> None:
    _, given = await world.opened()
    world.steps.taken.clear()

    await world.shown(given.access)

    assert world.steps.taken == ["sessions.by_token"]


async def test_use_slides_the_idle_limit_by_one_write_per_step(world: World) -> None:
    _, given = await world.opened()
    world.now = NOW + 5 * MINUTE
    world.steps.taken.clear()

    await world.shown(given.access)
    await world.shown(given.access)

    reads = ["sessions.by_token"]
    assert world.steps.taken == [*reads, "sessions.extend", *reads]


async def test_a_session_in_use_outlives_its_idle_limit(world: World) -> None:
    _, given = await world.opened()
    for _ in range(4):
        world.now += 6 * DAY
        await world.shown(given.access)


async def test_a_session_out_of_use_ends_at_its_idle_limit(world: World) -> None:
    _, given = await world.opened()
    world.now = NOW + 7 * DAY - MILLISECOND
    await world.shown(given.access)
    world.now += 7 * DAY

    with pytest.raises(SessionEnded):
        await world.shown(given.access)


async def test_no_use_carries_a_session_beyond_its_absolute_limit(
    world: World,
) -> None:
    _, given = await world.opened()
    while world.now < NOW + 30 * DAY:
        await world.shown(given.access)
        world.now += 6 * DAY

    with pytest.raises(SessionEnded):
        await world.shown(given.access)


async def test_a_session_of_an_older_epoch_has_ended(world: World) -> None:
    owner, given = await world.opened()
    await world.users.replace_password(owner.id, "x", epoch=0, now=NOW, letter=None)

    with pytest.raises(SessionEnded):
        await world.shown(given.access)


async def test_who_may_not_sign_in_has_no_session(world: World) -> None:
    owner = user()
    banned = replace(owner, status=Status.BANNED)
    await world.users.add(banned)
    given = await world.service.open(banned, device(), amr=("pwd",))

    with pytest.raises(SessionEnded):
        await world.shown(given.access)


async def test_signing_out_ends_the_session_once(world: World) -> None:
    owner, given = await world.opened()

    assert await world.service.sign_out(given.access)
    assert not await world.service.sign_out(given.access)

    ended = SessionEndedBy(owner.id, given.session_id, EndReason.SIGNED_OUT)
    assert world.events == [ended]
    with pytest.raises(SessionEnded):
        await world.shown(given.access)


@pytest.mark.parametrize("token", ["", "x", to_text(bytes(64))])
async def test_an_unknown_token_signs_nobody_out(world: World, token: str) -> None:
    assert not await world.service.sign_out(token)
    assert world.events == []


async def test_over_the_cap_the_oldest_end() -> None:
    world = World(most=2)
    owner, first = await world.opened()
    kept = []
    for _ in range(2):
        world.now += HOUR
        kept.append((await world.opened(owner))[1])

    with pytest.raises(SessionEnded):
        await world.shown(first.access)
    for given in kept:
        await world.shown(given.access)
