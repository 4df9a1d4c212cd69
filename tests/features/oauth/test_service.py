"""Signing in with a provider, and linking one: out, back, and by a token."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from keywright.features.identities.memory import Identities as IdentityStore
from keywright.features.identities.service import Identities
from keywright.features.identities.types import Identity
from keywright.features.oauth.errors import (
    AnswerInvalid,
    ProviderDenied,
    ProviderUnknown,
    ReturnToRefused,
    StateInvalid,
)
from keywright.features.oauth.memory import Transactions
from keywright.features.oauth.policy import Places
from keywright.features.oauth.service import OAuth
from keywright.features.oauth.types import (
    Begun,
    Checked,
    Errand,
    ForeignToken,
    Intent,
    Keeping,
    Profile,
    Returned,
)
from keywright.features.outbox.types import Letter
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.types import EndReason, Principal
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import AccountDeactivated
from keywright.features.users.types import Status
from keywright.shared.errors import MethodNotAllowed
from keywright.shared.vault import Vault
from tests.features.world import DEVICE, PASSWORD, SECRET, World
from tests.instants import MINUTE, SECOND

HOME = "https://app.example.com"
CODE = "the code"
ADA = Profile("1", "Ada", "ada@example.com", is_email_verified=True)


@dataclass(slots=True)
class Told:
    """A provider that says what it is told; the state is the end of its address."""

    profile_: Profile = ADA
    name: str = "told"
    label: str = "Told"
    issuer: str = "https://told.example"
    refuses: bool = False
    posts_back: bool = False
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def authorize_url(self, keeping: Keeping, *, state: str) -> str:
        return f"https://told.example/authorize?state={state}"

    async def profile(self, returned: Returned, keeping: Keeping) -> Profile:
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.refuses or returned.code != CODE:
            raise AnswerInvalid from ValueError("code")
        return self.profile_

    async def check(self, token: ForeignToken) -> Checked:
        if self.refuses:
            raise AnswerInvalid
        end = World().now + timedelta(hours=1)
        return Checked(self.profile_, token.id_token.encode(), end)

    def is_email_trusted(self, profile: Profile) -> bool:
        return profile.is_email_verified


class Outrun(IdentityStore):
    """A store whose users are changed right before each link."""

    def __init__(self, world: World) -> None:
        super().__init__(world.users, world.outbox)

    async def link(
        self, identity: Identity, *, epoch: int, letter: Letter | None
    ) -> bool:
        return False


class Desk:
    """The service over the memory twins of a world, with two providers."""

    def __init__(self) -> None:
        self.world = World()
        self.told = Told()
        self.transactions = Transactions()
        identities = Identities(
            store=IdentityStore(self.world.users, self.world.outbox),
            users=self.world.users,
            letters=self.world.writer,
            purge=self.world.deletion.remove,
            vault=self.world.vault,
            publish=self.world.publish,
            now=self.world.clock,
        )
        self.oauth = OAuth(
            providers={"told": self.told, "other": Told(name="other")},
            transactions=self.transactions,
            identities=identities,
            users=self.world.users,
            sessions=self.world.families,
            devices=self.world.devices,
            door=self.world.signing_in,
            vault=self.world.vault,
            places=Places("https://auth.example.com/api/auth", HOME, HOME, {HOME}),
            publish=self.world.publish,
            now=self.world.clock,
        )

    async def begin(self) -> Begun:
        """Begin to sign in."""
        return await self.oauth.begin("told", return_to=None)

    async def take(self, begun: Begun, name: str = "told") -> Errand:
        """Come back from where *begun* led."""
        return await self.oauth.take(name, returned(begun), begun.browser)

    async def sign_in(self) -> SignedIn:
        """Go out and come back."""
        begun = await self.begin()
        return await self.oauth.sign_in(
            await self.take(begun), returned(begun), device=DEVICE, device_cookie=None
        )

    async def principal(self) -> Principal:
        """Return somebody who is signed in by password."""
        await self.world.add_user(email="owner@example.com")
        signed_in = await self.world.sign_in("owner@example.com", PASSWORD)
        return await self.world.principal(signed_in.credentials)

    async def link(self, asker: Principal, *, by: Principal | None = None) -> list[str]:
        """Link the provider to *asker*, in a browser signed in as *by*."""
        begun = await self.oauth.begin_link("told", asker, return_to="/me")
        errand = await self.take(begun)
        user = await self.oauth.link(errand, returned(begun), principal=by)
        linked = await self.oauth.identities.of_user(user.id)
        return [one.provider for one in linked]


def returned(begun: Begun, *, code: str = CODE, error: str = "") -> Returned:
    """Return what a browser brings back."""
    state = begun.url.partition("state=")[2]
    return Returned(state=state, code=code, error=error)


async def test_who_comes_back_is_signed_in() -> None:
    desk = Desk()

    signed_in = await desk.sign_in()

    assert signed_in.user.email == "ada@example.com"
    assert desk.world.happened() == ["UserEnrolled", "UserSignedIn"]
    principal = await desk.world.principal(signed_in.credentials)
    assert list(principal.amr) == ["fed"]


async def test_a_known_device_stays_known() -> None:
    desk = Desk()
    first = await desk.sign_in()
    begun = await desk.begin()

    again = await desk.oauth.sign_in(
        await desk.take(begun),
        returned(begun),
        device=DEVICE,
        device_cookie=first.device_cookie,
    )

    assert again.user.id == first.user.id
    assert "new_device" not in desk.world.kinds()


async def test_an_unknown_provider_is_refused() -> None:
    desk = Desk()
    begun = await desk.begin()

    for attempt in (
        desk.oauth.begin("gone", return_to=None),
        desk.oauth.take("gone", returned(begun), begun.browser),
        desk.oauth.sign_in_by_token(
            "gone", ForeignToken(), device=DEVICE, device_cookie=None
        ),
    ):
        with pytest.raises(ProviderUnknown):
            await attempt


async def test_a_place_that_is_not_listed_is_refused_before_anything() -> None:
    desk = Desk()

    with pytest.raises(ReturnToRefused):
        await desk.oauth.begin("told", return_to="https://evil.example")


async def test_the_errand_is_what_began() -> None:
    desk = Desk()
    begun = await desk.oauth.begin("told", return_to="/a")

    errand = await desk.take(begun)

    assert errand.intent is Intent.SIGN_IN
    assert errand.return_to == f"{HOME}/a"
    assert (
        errand.keeping.redirect_uri == "https://auth.example.com/api/auth/told/callback"
    )
    assert begun.expires_at == desk.world.now + 10 * MINUTE


@pytest.mark.attack("C2")
@pytest.mark.parametrize("browser", [None, "", "A" * 43, "not base64 é"])
async def test_another_browser_is_refused(browser: str | None) -> None:
    desk = Desk()
    begun = await desk.begin()

    with pytest.raises(StateInvalid):
        await desk.oauth.take("told", returned(begun), browser)
    with pytest.raises(StateInvalid):
        await desk.take(begun)

    assert desk.world.happened() == ["ProviderSignInRefused"] * 2


@pytest.mark.attack("C3")
async def test_another_provider_is_refused() -> None:
    desk = Desk()

    with pytest.raises(StateInvalid):
        await desk.take(await desk.begin(), "other")


@pytest.mark.attack("C1")
async def test_a_state_of_another_form_is_not_looked_for() -> None:
    desk = Desk()
    begun = await desk.begin()

    with pytest.raises(StateInvalid):
        await desk.oauth.take("told", Returned("short", CODE), begun.browser)


@pytest.mark.attack("C1")
async def test_an_old_state_is_refused() -> None:
    desk = Desk()
    begun = await desk.begin()
    desk.world.advance(10 * MINUTE)

    with pytest.raises(StateInvalid):
        await desk.take(begun)


@pytest.mark.attack("C1")
async def test_of_many_that_come_back_one_goes_on() -> None:
    desk = Desk()
    begun = await desk.begin()

    results = await asyncio.gather(
        *(desk.take(begun) for _ in range(8)), return_exceptions=True
    )

    assert sum(isinstance(one, Errand) for one in results) == 1


async def test_what_was_sealed_by_another_secret_is_refused() -> None:
    desk = Desk()
    begun = await desk.begin()
    other = replace(desk.oauth, vault=Vault(SECRET.keys("another")))

    with pytest.raises(StateInvalid):
        await other.take("told", returned(begun), begun.browser)


@pytest.mark.parametrize(("code", "error"), [("", ""), ("", "x"), (CODE, "x")])
async def test_who_declined_is_refused(code: str, error: str) -> None:
    desk = Desk()
    begun = await desk.begin()
    errand = await desk.take(begun)

    with pytest.raises(ProviderDenied):
        await desk.oauth.sign_in(
            errand,
            returned(begun, code=code, error=error),
            device=DEVICE,
            device_cookie=None,
        )


async def test_why_an_answer_was_refused_is_an_event() -> None:
    desk = Desk()
    desk.told.refuses = True

    with pytest.raises(AnswerInvalid):
        await desk.sign_in()

    event = desk.world.events[-1]
    assert getattr(event, "reason", None) == "code"


async def test_a_deactivated_user_is_not_signed_in() -> None:
    desk = Desk()
    user = (await desk.sign_in()).user
    await desk.world.users.set_status(
        user.id,
        Status.DEACTIVATED,
        epoch=user.epoch,
        purge_after=desk.world.now + MINUTE,
        now=desk.world.now,
        letter=None,
    )

    with pytest.raises(AccountDeactivated):
        await desk.sign_in()


async def test_a_user_links_a_provider() -> None:
    desk = Desk()
    asker = await desk.principal()

    assert await desk.link(asker, by=asker) == ["told"]


async def test_a_browser_that_does_not_say_who_it_is_may_finish_a_link() -> None:
    desk = Desk()

    assert await desk.link(await desk.principal()) == ["told"]


@pytest.mark.attack("C2")
async def test_nobody_else_finishes_a_link() -> None:
    desk = Desk()
    asker = await desk.principal()
    other = await desk.world.add_user(email="other@example.com")

    with pytest.raises(StateInvalid):
        await desk.link(asker, by=replace(asker, user=other))


async def test_a_link_ends_with_its_session() -> None:
    desk = Desk()
    asker = await desk.principal()
    begun = await desk.oauth.begin_link("told", asker, return_to=None)
    errand = await desk.take(begun)
    gone = replace(errand, session_id=None)

    with pytest.raises(SessionEnded):
        await desk.oauth.link(gone, returned(begun), principal=None)


@pytest.mark.parametrize("change", ["epoch", "status", "removed"])
async def test_a_link_ends_with_a_change_of_its_user(change: str) -> None:
    desk = Desk()
    asker = await desk.principal()
    user, now = asker.user, desk.world.now
    begun = await desk.oauth.begin_link("told", asker, return_to=None)
    errand = await desk.take(begun)
    if change == "epoch":
        errand = replace(errand, epoch=user.epoch + 1)
    elif change == "status":
        await desk.world.users.set_status(
            user.id,
            Status.BANNED,
            epoch=user.epoch,
            purge_after=None,
            now=now,
            letter=None,
        )
    else:
        await desk.world.users.remove(user.id)

    with pytest.raises(SessionEnded):
        await desk.oauth.link(errand, returned(begun), principal=None)


@pytest.mark.attack("C14")
@pytest.mark.parametrize("change", ["password", "session"])
async def test_a_link_ends_with_what_happens_while_the_provider_is_asked(
    change: str,
) -> None:
    desk = Desk()
    asker = await desk.principal()
    user, now = asker.user, desk.world.now

    async def meanwhile() -> None:
        if change == "password":
            await desk.world.users.replace_password(
                user.id, "new", epoch=user.epoch, now=now, letter=None
            )
        else:
            await desk.world.families.end(
                asker.session_id, user.id, reason=EndReason.ENDED_BY_USER, now=now
            )

    desk.told.meanwhile = meanwhile

    with pytest.raises(SessionEnded):
        await desk.link(asker)

    assert not await desk.oauth.identities.of_user(user.id)


@pytest.mark.attack("C14")
async def test_a_link_that_its_user_outran_ends_as_its_session() -> None:
    desk = Desk()
    asker = await desk.principal()
    outrun = replace(desk.oauth.identities, store=Outrun(desk.world))
    desk.oauth = replace(desk.oauth, identities=outrun)

    with pytest.raises(SessionEnded):
        await desk.link(asker)


@pytest.mark.attack("C5")
async def test_a_token_signs_in_once() -> None:
    desk = Desk()
    token = ForeignToken(id_token="a.b.c")

    async def show(_: int) -> object:
        return await desk.oauth.sign_in_by_token(
            "told", token, device=DEVICE, device_cookie=None
        )

    results = await asyncio.gather(*map(show, range(5)), return_exceptions=True)

    assert sum(isinstance(one, SignedIn) for one in results) == 1
    assert sum(isinstance(one, AnswerInvalid) for one in results) == 4


async def test_a_used_token_is_remembered_until_it_ends() -> None:
    desk = Desk()
    token = ForeignToken(id_token="a.b.c")
    await desk.oauth.sign_in_by_token("told", token, device=DEVICE, device_cookie=None)

    assert await desk.transactions.purge(before=desk.world.now + 59 * MINUTE) == 0
    end = desk.world.now + 60 * MINUTE + SECOND
    assert await desk.transactions.purge(before=end) == 1


async def test_a_token_that_is_refused_is_an_event() -> None:
    desk = Desk()
    desk.told.refuses = True

    with pytest.raises(AnswerInvalid):
        await desk.oauth.sign_in_by_token(
            "told", ForeignToken("x"), device=DEVICE, device_cookie=None
        )

    assert desk.world.happened() == ["ProviderSignInRefused"]


def test_providers_are_offered_by_name() -> None:
    desk = Desk()

    assert [one.name for one in desk.oauth.offered()] == ["other", "told"]
    assert desk.oauth.label_of("told") == "Told"
    assert desk.oauth.label_of("gone") == "gone"


async def test_a_provider_that_posts_its_answer_has_a_callback_for_that() -> None:
    desk = Desk()
    desk.told.posts_back = True
    callback = "https://auth.example.com/api/auth/told/callback"
    assert desk.oauth.callback_of("told") == callback


async def test_one_that_does_not_has_none() -> None:
    with pytest.raises(MethodNotAllowed):
        Desk().oauth.callback_of("told")
