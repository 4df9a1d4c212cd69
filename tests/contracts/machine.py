"""R30: three clients, a thief, an administrator and the clock against the model.

Every rule does something through the real services and compares what came of it
with what the model says must come of it.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from keywright.features.refresh_tokens.events import (
    RefreshReuseDetected,
    RefreshRotated,
)
from keywright.features.refresh_tokens.types import Lifetimes
from keywright.features.sessions.types import Credentials, EndReason
from keywright.features.users.types import Status
from keywright.shared.errors import AuthError, StoreUnavailable
from tests.contracts.machine_service import Service
from tests.contracts.model import LEEWAY, Family, Model, Outcome
from tests.contracts.stores import Stores
from tests.instants import DAY, MINUTE, NOW, SECOND

T = TypeVar("T")

CLIENTS = 3
MAX_SESSIONS = 3
START = NOW.replace(microsecond=0)
LIFETIMES = Lifetimes(retry_window=10 * SECOND)
PASSING = (
    *(SECOND, 5 * SECOND, 10 * SECOND, 11 * SECOND) * 3,
    *(20 * MINUTE, 3 * DAY, 8 * DAY),
)
"""Seconds around the retry window are drawn oftenest."""
ACTS = (
    *("sign out", "end", "purge") * 2,
    *("end all", "change the password", "ban or readmit"),
)
REFUSALS = {Outcome.REUSED, Outcome.ENDED, Outcome.INVALID}

clients = st.integers(0, CLIENTS - 1)
Answer = Credentials | Outcome
"""New tokens, or what the refusal said."""


@dataclass(slots=True)
class Held:
    """What somebody holds: the newest tokens they know."""

    refresh: str | None = None
    access: str = ""
    access_until: datetime = START

    def take(self, given: Credentials, now: datetime) -> None:
        """Hold what was given at *now*."""
        self.refresh, self.access = given.refresh, given.access
        self.access_until = now + given.access_lifetime + LEEWAY


class Machine(RuleBasedStateMachine):
    """One user of one store; the runner sets both and the loop they live on."""

    stores: ClassVar[Stores]
    loop: ClassVar[asyncio.AbstractEventLoop]

    @initialize()
    def sign_up(self) -> None:
        """Begin with a user who has signed in with every client."""
        self.model = Model(START, LIFETIMES, MAX_SESSIONS)
        self.clients = [Held() for _ in range(CLIENTS)]
        self.thief = Held()
        self.service = Service(
            self.stores, LIFETIMES, MAX_SESSIONS, now=lambda: self.model.now
        )
        self.do(self.service.add_user())
        for client in range(CLIENTS):
            self.sign_in(client)

    def do(self, work: Coroutine[object, object, T]) -> T:
        """Run *work* on the loop of the stores."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    @rule(client=clients)
    def sign_in_again(self, client: int) -> None:
        """Sign in with a client that may be signed in."""
        self.sign_in(client)

    def sign_in(self, client: int) -> None:
        """Open a session, and forget the one there was."""
        opened = self.do(_came_of(self.service.sign_in()))
        if self.model.is_banned:
            assert opened == "account_banned", "a banned user was let in"
            return
        assert isinstance(opened, Credentials), f"refused: {opened}"
        assert opened.refresh is not None
        self.model.open(opened.session_id, opened.refresh)
        self.clients[client].take(opened, self.model.now)

    @rule(client=clients, answer_arrives=st.booleans())
    def refresh(self, client: int, answer_arrives: bool) -> None:
        """Show the newest token that the client knows."""
        self._show(self.clients[client], answer_arrives=answer_arrives)

    @rule(client=clients)
    def steal(self, client: int) -> None:
        """Let the thief copy what a client holds."""
        self.thief = replace(self.clients[client])

    @rule()
    def refresh_stolen(self) -> None:
        """Show what was stolen, and go on with what it brings."""
        self._show(self.thief, answer_arrives=True)

    @rule(client=clients, tabs=st.integers(2, 4))
    def refresh_in_tabs(self, client: int, tabs: int) -> None:
        """Show one token several times at once: all get the same."""
        held = self.clients[client]
        if held.refresh is None:
            return
        expected, before = self.model.outcome(held.refresh), self._counted()
        came = self.do(self._at_once(held.refresh, tabs))
        rotations, reuses = self._counted(since=before)
        tokens = {one.refresh for one in came if isinstance(one, Credentials)}
        refused = {one for one in came if isinstance(one, Outcome)}
        if expected in REFUSALS:
            assert not tokens, "refreshed by a token that was over"
            assert refused <= {expected, Outcome.ENDED}
        else:
            assert not refused, f"a tab was refused: {refused}"
            assert len(tokens) == 1, "a fork"
        assert rotations == (expected is Outcome.NEXT), "not rotated exactly once"
        assert reuses == (expected is Outcome.REUSED), "not told exactly once"
        self._accept(held, expected, expected if refused else came[0])

    @rule(client=clients, did_happen=st.booleans())
    def refresh_while_the_store_fails(self, client: int, did_happen: bool) -> None:
        """Lose the store before or after it has rotated."""
        held = self.clients[client]
        if held.refresh is None or self.model.outcome(held.refresh) != Outcome.NEXT:
            return
        self.service.line.fail_rotation(afterwards=did_happen)
        try:
            self.do(self.service.refresh.refresh(held.refresh))
        except StoreUnavailable:
            if did_happen:
                self.model.rotate(held.refresh, None)
        else:
            raise AssertionError("an answer without the store")

    @rule(client=clients)
    def refresh_while_it_is_ended(self, client: int) -> None:
        """Let the administrator end the session meanwhile: it stays ended."""
        held = self.clients[client]
        if held.refresh is None:
            return
        expected = self.model.outcome(held.refresh)
        family = self.model.family_of(held.refresh)
        end = self.service.end(family.id, EndReason.ENDED_BY_OPERATOR)
        came = self.do(self._beside(held.refresh, end))
        if expected is Outcome.NEXT and isinstance(came, Credentials):
            self.model.rotate(held.refresh, came.refresh)
        elif expected is Outcome.SAME and isinstance(came, Credentials):
            self.model.repeat(held.refresh, came.refresh)
        else:
            assert came in {expected, Outcome.ENDED}, "an answer out of place"
        family.is_ended = True

    @rule(client=clients)
    def use_access(self, client: int) -> None:
        """Ask for something with the access token."""
        held = self.clients[client]
        if held.refresh is None:
            return
        family = self.model.family_of(held.refresh)
        may = self.model.is_live(family) and not self.model.is_banned
        expected = "session" if may else "session_ended"
        if self.model.now >= held.access_until:
            expected = "not_signed_in"
        came = self.do(_came_of(self.service.principal(held.access)))
        told = came if isinstance(came, str) else "session"
        assert told == expected, "an access token outlived its session, or did not last"

    @rule(client=clients, act=st.sampled_from(ACTS))
    def administer(self, client: int, act: str) -> None:
        """Let the owner or the administrator end something, or clean up."""
        held = self.clients[client]
        if act == "end all":
            self.do(self.service.end_all())
            for family in self.model.families.values():
                family.is_ended = True
        elif act == "change the password":
            assert self.do(self.service.change_password(self.model.epoch))
            self.model.epoch += 1
        elif act == "ban or readmit":
            status = Status.ACTIVE if self.model.is_banned else Status.BANNED
            assert self.do(self.service.set_status(status, self.model.epoch))
            self.model.is_banned = not self.model.is_banned
            self.model.epoch += 1
        elif act == "purge":
            self.do(self.stores.families.purge(before=self.model.now))
        elif held.refresh is not None:
            family = self.model.family_of(held.refresh)
            if act == "sign out":
                ended = self.service.refresh.sign_out(held.refresh)
            else:
                ended = self.service.end(family.id, EndReason.ENDED_BY_OPERATOR)
            self._ended(family, told=self.do(ended))

    @rule(passed=st.sampled_from(PASSING))
    def wait(self, passed: timedelta) -> None:
        """Let time pass."""
        self.model.now += passed

    @invariant()
    def the_live_sessions_are_listed(self) -> None:
        """Compare the list; nothing that was acknowledged is missing or came back."""
        listed = self.do(self.service.listed(self.model.epoch))
        assert listed == self.model.live(), "lost, or revived"

    def teardown(self) -> None:
        """Show the newest token of every live session: each must go on."""
        for session_id in self.model.live() if not self.model.is_banned else ():
            token = self.model.families[session_id].tokens[-1]
            if token is not None:
                self._show(Held(token), answer_arrives=True)

    def _show(self, held: Held, *, answer_arrives: bool) -> None:
        if held.refresh is None:
            return
        expected = self.model.outcome(held.refresh)
        came = self.do(self._shown(held.refresh))
        self._accept(held if answer_arrives else replace(held), expected, came)

    def _accept(self, held: Held, expected: Outcome, came: Answer) -> None:
        """Compare what *came* with what is *expected*, and let it take effect."""
        shown = held.refresh
        assert shown is not None
        if isinstance(came, Outcome):
            assert came is expected, f"refused as {came}, expected {expected}"
            if came is Outcome.REUSED:
                self.model.family_of(shown).is_ended = True
                assert self.do(self.service.is_told()), "the owner was not told"
            return
        if expected is Outcome.NEXT:
            known = [
                one for each in self.model.families.values() for one in each.tokens
            ]
            assert came.refresh not in known, "a token was given out twice"
            self.model.rotate(shown, came.refresh)
        else:
            assert expected is Outcome.SAME, f"accepted, expected {expected}"
            self.model.repeat(shown, came.refresh)
        held.take(came, self.model.now)

    def _ended(self, family: Family, *, told: bool) -> None:
        was_ended, family.is_ended = family.is_ended, True
        # What has expired may be gone, or may not.
        if family.expires_at > self.model.now:
            assert told is not was_ended, "ended twice, or never"

    def _counted(self, since: tuple[int, int] = (0, 0)) -> tuple[int, int]:
        """Return how many rotations and reuses there were more than *since*."""
        kinds = [type(event) for event in self.service.events]
        rotations, reuses = since
        return (
            kinds.count(RefreshRotated) - rotations,
            kinds.count(RefreshReuseDetected) - reuses,
        )

    async def _shown(self, token: str) -> Answer:
        came = await _came_of(self.service.refresh.refresh(token))
        return Outcome(came) if isinstance(came, str) else came

    async def _at_once(self, token: str, tabs: int) -> Sequence[Answer]:
        return await asyncio.gather(*(self._shown(token) for _ in range(tabs)))

    async def _beside(self, token: str, end: Awaitable[bool]) -> Answer:
        came, _ = await asyncio.gather(self._shown(token), end)
        return came


async def _came_of(act: Awaitable[T]) -> T | str:
    """Return what *act* came to, or the code by which it was refused."""
    try:
        return await act
    except StoreUnavailable:
        raise
    except AuthError as error:
        return error.code
