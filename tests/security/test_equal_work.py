"""Known and unknown addresses cost the same work: steps of stores, hashes, letters.

Time is measured elsewhere; what makes it equal is counted here. Every call of a store
and every hash is recorded, in order, of the real objects.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import pytest

from keywright.features.outbox.types import Letter, LetterStatus
from keywright.features.users.types import Status
from keywright.shared.errors import AuthError
from keywright.shared.passwords import PasswordHashes
from tests.features.world import (
    ADDRESS,
    CHEAP,
    CLIENT,
    OTHER_PASSWORD,
    PASSWORD,
    World,
    other_code,
)
from tests.instants import DAY, MINUTE, NOW

pytestmark = pytest.mark.long

WRONG = "not the password"
Act = Callable[[World], Awaitable[object]]
Prepare = Callable[[World], Awaitable[object]]


class CountedHashes(PasswordHashes):
    """Real hashes, counted."""

    def __init__(self) -> None:
        super().__init__(threads=1, cost=CHEAP)
        self.taken: list[str] = []

    async def hash(self, password: str) -> str:
        self.taken.append("hash")
        return await super().hash(password)

    async def matches(self, password: str, stored: str | None) -> bool:
        self.taken.append("matches")
        return await super().matches(password, stored)


@dataclass(frozen=True, slots=True)
class Work:
    """What an act cost, and how it was answered."""

    steps: Sequence[str]
    hashes: Sequence[str]
    letters: int
    answer: str


async def work_of(prepare: Prepare, act: Act) -> Work:
    """Return the work of *act* in a world that *prepare* made ready."""
    hashes = CountedHashes()
    world = World(hashes=hashes)
    await prepare(world)
    world.steps.forget()
    hashes.taken.clear()
    before = len(world.outbox.recorded())
    try:
        await act(world)
    except AuthError as error:
        answer = error.code
    else:
        answer = "done"
    hashes.close()
    return Work(
        steps=tuple(world.steps.taken),
        hashes=tuple(hashes.taken),
        letters=len(world.outbox.recorded()) - before,
        answer=answer,
    )


async def works(classes: Mapping[str, Prepare], act: Act) -> dict[str, Work]:
    """Return the work of *act* in every class of accounts."""
    return {name: await work_of(prepare, act) for name, prepare in classes.items()}


def assert_equal(works: Mapping[str, Work], expected: Work) -> None:
    """Fail with the classes whose work differs from *expected*."""
    assert {name: work for name, work in works.items() if work != expected} == {}


async def nobody(_: World) -> None:
    """Let there be no user."""


def account(
    *,
    status: Status = Status.ACTIVE,
    password: str | None = PASSWORD,
    is_email_verified: bool = True,
    tries: int = 0,
) -> Prepare:
    """Return what adds a user of this kind and then tries *tries* wrong passwords."""

    async def prepare(world: World) -> None:
        purge_after: datetime | None = NOW + DAY
        await world.add_user(
            status=status,
            password=password,
            is_email_verified=is_email_verified,
            purge_after=purge_after if status is Status.DEACTIVATED else None,
        )
        await guess(world, tries)

    return prepare


async def guess(world: World, tries: int) -> None:
    """Try wrong passwords."""
    for _ in range(tries):
        with pytest.raises(AuthError):
            await world.sign_in(password=WRONG)


def guessed(tries: int) -> Prepare:
    """Return what lets nobody's password be tried *tries* times."""

    async def prepare(world: World) -> None:
        await guess(world, tries)

    return prepare


ACCOUNTS: dict[str, Prepare] = {
    "unknown": nobody,
    "active": account(),
    "deactivated": account(status=Status.DEACTIVATED),
    "banned": account(status=Status.BANNED),
    "without a password": account(password=None),
    "unverified": account(is_email_verified=False),
}


@pytest.mark.attack("E1")
@pytest.mark.attack("E4")
async def test_every_refused_sign_in_costs_the_same() -> None:
    async def act(world: World) -> None:
        await world.sign_in(password=WRONG)

    assert_equal(
        await works(ACCOUNTS, act),
        Work(
            steps=("users.by_email", "failures.count"),
            hashes=("matches",),
            letters=0,
            answer="invalid_credentials",
        ),
    )


@pytest.mark.attack("E1")
@pytest.mark.attack("E4")
@pytest.mark.parametrize("password", [WRONG, PASSWORD])
async def test_over_budget_a_right_password_costs_what_a_wrong_one_does(
    password: str,
) -> None:
    async def act(world: World) -> None:
        await world.sign_in(password=password)

    classes = {"unknown": guessed(12), "known": account(tries=12)}
    assert_equal(
        await works(classes, act),
        Work(
            steps=("users.by_email", "failures.count"),
            hashes=("matches",),
            letters=0,
            answer="invalid_credentials",
        ),
    )


@pytest.mark.attack("E1")
@pytest.mark.attack("E4")
async def test_the_try_after_which_the_owner_is_told_costs_the_same() -> None:
    async def act(world: World) -> None:
        await world.sign_in(password=WRONG)

    classes = {"unknown": guessed(10), "known": account(tries=10)}
    assert_equal(
        await works(classes, act),
        Work(
            steps=("users.by_email", "failures.count", "outbox.put"),
            hashes=("matches",),
            letters=1,
            answer="invalid_credentials",
        ),
    )


@pytest.mark.attack("E2")
@pytest.mark.attack("E4")
async def test_every_sign_up_costs_the_same() -> None:
    async def act(world: World) -> None:
        await world.sign_up.start(
            name="Ada Lovelace", email=ADDRESS, password=OTHER_PASSWORD, client=CLIENT
        )

    assert_equal(
        await works(ACCOUNTS, act),
        Work(
            steps=(
                "users.by_email",
                *4 * ("limiter.hit",),
                "challenges.issue",
            ),
            hashes=("hash",),
            letters=1,
            answer="done",
        ),
    )


@pytest.mark.attack("E3")
@pytest.mark.attack("E4")
async def test_every_forgotten_password_costs_the_same() -> None:
    async def act(world: World) -> None:
        await world.reset.start(ADDRESS, client=CLIENT, device_cookie=None)

    assert_equal(
        await works(ACCOUNTS, act),
        Work(
            steps=(
                "users.by_email",
                *4 * ("limiter.hit",),
                "challenges.issue",
            ),
            hashes=(),
            letters=1,
            answer="done",
        ),
    )


class Flow:
    """A flow that was opened while the world was made ready."""

    def __init__(self, prepare: Prepare, *, sign_up: bool) -> None:
        self.prepare = prepare
        self.sign_up = sign_up
        self.flow_id = ""
        self.code = ""

    async def ready(self, world: World) -> None:
        """Make the world ready and open the flow."""
        await self.prepare(world)
        if self.sign_up:
            opened = await world.sign_up.start(
                name="Ada Lovelace",
                email=ADDRESS,
                password=OTHER_PASSWORD,
                client=CLIENT,
            )
        else:
            opened = await world.reset.start(ADDRESS, client=CLIENT, device_cookie=None)
        self.flow_id, self.code = opened.flow_id, opened.secret

    async def resend(self, world: World) -> None:
        """Ask for a new code."""
        world.advance(MINUTE)
        service = world.sign_up if self.sign_up else world.reset
        await service.resend(self.flow_id)

    async def resend_at_once(self, world: World) -> None:
        """Ask for a new code too early."""
        service = world.sign_up if self.sign_up else world.reset
        await service.resend(self.flow_id)

    async def verify(self, world: World) -> None:
        """Try a wrong code."""
        code = other_code(self.code)
        if self.sign_up:
            await world.sign_up.verify(email=ADDRESS, code=code, flow_id=self.flow_id)
        else:
            await world.reset.verify(email=ADDRESS, code=code, flow_id=self.flow_id)


async def flow_works(
    act: Callable[[Flow, World], Awaitable[None]], *, sign_up: bool
) -> dict[str, Work]:
    """Return the work of *act* on a flow about every class of accounts."""
    flows = {name: Flow(prepare, sign_up=sign_up) for name, prepare in ACCOUNTS.items()}
    return {
        name: await work_of(flow.ready, partial(act, flow))
        for name, flow in flows.items()
    }


@pytest.mark.attack("E3")
@pytest.mark.attack("E4")
@pytest.mark.parametrize("sign_up", [True, False])
async def test_every_resend_costs_the_same(sign_up: bool) -> None:
    assert_equal(
        await flow_works(Flow.resend, sign_up=sign_up),
        Work(
            steps=(
                "challenges.by_id",
                *4 * ("limiter.hit",),
                "challenges.renew",
            ),
            hashes=(),
            letters=1,
            answer="done",
        ),
    )


@pytest.mark.attack("E3")
@pytest.mark.attack("E4")
@pytest.mark.parametrize("sign_up", [True, False])
async def test_every_resend_that_is_too_early_costs_the_same(sign_up: bool) -> None:
    assert_equal(
        await flow_works(Flow.resend_at_once, sign_up=sign_up),
        Work(
            steps=("challenges.by_id",), hashes=(), letters=0, answer="resend_too_soon"
        ),
    )


@pytest.mark.attack("E3")
@pytest.mark.attack("E4")
@pytest.mark.parametrize("sign_up", [True, False])
async def test_every_wrong_code_costs_the_same(sign_up: bool) -> None:
    first = () if sign_up else ("users.by_email",)
    assert_equal(
        await flow_works(Flow.verify, sign_up=sign_up),
        Work(
            steps=(*first, "challenges.count_attempt"),
            hashes=(),
            letters=0,
            answer="code_invalid",
        ),
    )


@pytest.mark.attack("E3")
@pytest.mark.attack("E4")
async def test_a_letter_to_nobody_is_like_any_other_and_never_sent() -> None:
    letters: list[Letter] = []
    for prepare in (nobody, account()):
        world = World()
        await prepare(world)
        await world.reset.start(ADDRESS, client=CLIENT, device_cookie=None)
        letters += world.outbox.recorded()

    decoy, real = letters

    assert (decoy.status, real.status) == (LetterStatus.DECOY, LetterStatus.WAITING)
    assert len(decoy.sealed) == len(real.sealed)
    assert (decoy.kind, decoy.expires_at) == (real.kind, real.expires_at)
