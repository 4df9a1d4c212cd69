"""A former master secret is dropped once nothing needs it, and nobody loses anything.

`opened` is what a start does: it fails where the signing keys cannot be used.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from keywright.blueprints.foundation.types import Auth
from keywright.features.identities.service import Identities
from keywright.features.identities.types import ProviderTokens
from keywright.features.outbox.service import LetterWriter
from keywright.features.passwords.service import PasswordDoor
from keywright.senders.mail import Email
from keywright.service.administration import opened
from keywright.service.blueprints import BLUEPRINTS
from keywright.service.resealing import Tally, reseal
from keywright.service.settings import service_settings
from keywright.shared.clock import utc_now
from keywright.shared.secrets import new_id
from tests.cli.conftest import Call, Outcome
from tests.cli.test_operations import add_admin
from tests.features.identities.builders import proven
from tests.features.steps import Crashed, Steps
from tests.features.users.builders import user

FORMER = "f0rmer-k3Vq8ZtR1yLw6XbN4mJc9HsD2gPa7"
NEW = "n3w-T5uE8oWi2KzYr7CvQ4xMf6BhG1jSdL9p"
BOTH = f"{NEW},{FORMER}"
PASSWORD = "Plum cabinet 7 sailing!"
EMAIL = "ada@example.com"
TOKENS = ProviderTokens("at-of-ada", "rt-of-ada")


@pytest.fixture
def within(call: Call, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Return a function that does something with the service opened under a secret."""

    def run(secret: str, act: Callable[[Auth], Awaitable[object]]) -> object:
        monkeypatch.setenv("AUTH_SECRET", secret)

        async def act_on_it() -> object:
            async with opened(service_settings()) as auth:
                return await act(auth)

        return asyncio.run(act_on_it())

    return run


Within = Callable[..., object]


async def signs_in(auth: Auth) -> str:
    door = auth.services.get(PasswordDoor)
    owner, _ = await door.check(EMAIL, PASSWORD, client="192.0.2.7", device_cookie=None)
    return owner.email


async def linked(auth: Auth) -> None:
    """Give the user a provider's tokens to be kept."""
    owner = await auth.stores.users.by_email(EMAIL)
    assert owner is not None
    await auth.services.get(Identities).link(owner, proven(tokens=TOKENS))


async def tokens(auth: Auth) -> ProviderTokens | None:
    owner = await auth.stores.users.by_email(EMAIL)
    assert owner is not None
    return await auth.services.get(Identities).tokens_of(owner.id, "example")


async def without_letters(auth: Auth) -> None:
    await auth.stores.outbox.purge(before=utc_now() + timedelta(days=9))


def under_former(call: Call, blueprint: str = "stateful-auth") -> None:
    """Add a user under the former secret."""
    call("db", "migrate", AUTH_SECRET=FORMER, AUTH_BLUEPRINT=blueprint)
    assert add_admin(call, email=EMAIL, password=PASSWORD).code == 0


def resealed(call: Call, *arguments: str, secret: str = BOTH) -> Outcome:
    """Run the command, and see that it shows no secret."""
    ended = call("keys", "reseal", *arguments, AUTH_SECRET=secret)
    shown = ended.out + ended.err
    assert not [one for one in (FORMER, NEW, PASSWORD, "$argon2") if one in shown]
    assert "v1." not in shown
    return ended


def counts(ended: Outcome) -> dict[str, tuple[int, int, int, int]]:
    return {
        one["kind"]: (one["seen"], one["resealed"], one["left"], one["unreadable"])
        for one in json.loads(ended.out)
    }


@pytest.mark.fault("R22")
@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_who_stayed_away_signs_in_after_the_former_secret_is_dropped(
    call: Call, within: Within, blueprint: str
) -> None:
    under_former(call, blueprint)

    assert resealed(call).code == 0

    assert within(NEW, signs_in) == EMAIL


@pytest.mark.fault("R22")
@pytest.mark.parametrize("blueprint", ["hybrid-auth", "stateful-auth"])
def test_tokens_of_providers_can_be_read_after_the_former_secret_is_dropped(
    call: Call, within: Within, blueprint: str
) -> None:
    under_former(call, blueprint)
    within(FORMER, linked)
    within(FORMER, without_letters)

    ended = resealed(call, "--json")

    keys = 1 if blueprint == "hybrid-auth" else 0
    assert counts(ended)["signing keys"] == (keys, keys, 0, 0)
    assert counts(ended)["passwords"] == (1, 1, 0, 0)
    assert counts(ended)["provider tokens"] == (1, 1, 0, 0)
    assert within(NEW, tokens) == TOKENS


def test_a_second_run_finds_nothing_to_do(call: Call) -> None:
    under_former(call, "hybrid-auth")
    resealed(call)

    again = resealed(call, "--json")

    assert again.code == 0
    assert counts(again)["passwords"] == (1, 0, 0, 0)
    assert counts(again)["signing keys"] == (1, 0, 0, 0)


def test_it_is_said_in_words_that_no_former_secret_is_needed(call: Call) -> None:
    under_former(call)

    ended = resealed(call)

    assert "passwords        1 looked at, 1 sealed anew, 0 left" in ended.out
    assert "No value needs a former secret." in ended.out


def test_what_no_secret_opens_is_told(call: Call) -> None:
    under_former(call)

    ended = resealed(call, secret=NEW)

    assert ended.code == 1
    assert "No secret in AUTH_SECRET opens 1 values" in ended.err
    assert "1 looked at, 0 sealed anew, 0 left, 1 unreadable" in ended.out
    assert resealed(call).code == 0


def test_a_letter_that_waits_needs_the_former_secret(
    call: Call, within: Within
) -> None:
    async def write(auth: Auth) -> None:
        letter = auth.services.get(LetterWriter).write(
            Email(EMAIL, "Hello", "Hello.", "<p>Hello.</p>"), kind="test"
        )
        await auth.stores.outbox.put(letter)

    async def send(auth: Auth) -> None:
        lease, now = new_id(), utc_now()
        claim = auth.stores.outbox.claim
        [letter] = await claim(lease=lease, until=now, now=now, most=2)
        await auth.stores.outbox.sent(letter.id, lease=lease)

    under_former(call)
    within(FORMER, write)
    waiting = resealed(call)
    assert waiting.code == 1
    assert "1 values still need a former secret" in waiting.err

    within(BOTH, send)
    assert resealed(call).code == 0


def test_a_password_that_changes_meanwhile_is_left_to_the_next_run(
    call: Call, within: Within
) -> None:
    async def overtaken(auth: Auth) -> Tally | None:
        owner = await auth.stores.users.by_email(EMAIL)
        assert owner is not None
        now = utc_now()

        async def change() -> None:
            await auth.stores.users.replace_password(
                owner.id, "new", epoch=owner.epoch, now=now, letter=None
            )

        steps = Steps()
        steps.before("users.rehash", change)
        users = steps.watch("users", auth.stores.users)
        watched = replace(auth, stores=replace(auth.stores, users=users))
        found = await reseal(watched, tell=lambda _: None)
        kept = await auth.stores.users.by_email(EMAIL)
        assert kept is not None
        assert kept.password_hash == "new"
        return next((one for one in found if one.kind == "passwords"), None)

    under_former(call)

    assert within(BOTH, overtaken) == Tally("passwords", seen=1, left=1)


def test_an_interrupted_run_is_completed_by_the_next(
    call: Call, within: Within
) -> None:
    async def interrupted(auth: Auth) -> None:
        def tell(tally: Tally) -> None:
            if tally.kind == "passwords":
                raise Crashed

        with pytest.raises(Crashed):
            await reseal(auth, tell=tell)

    under_former(call)
    within(FORMER, linked)
    within(FORMER, without_letters)
    within(BOTH, interrupted)

    ended = resealed(call, "--json")

    assert ended.code == 0
    assert counts(ended)["passwords"] == (1, 0, 0, 0)
    assert counts(ended)["provider tokens"] == (1, 1, 0, 0)


def test_users_beyond_the_first_page_are_reached(
    call: Call, within: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def add(auth: Auth) -> None:
        for _ in range(4):
            one = user()
            sealed = auth.passwords.keep("$2b$12$" + "a" * 53, user_id=one.id)
            await auth.stores.users.add(replace(one, password_hash=sealed))
        await auth.stores.users.add(user(password_hash=None))

    monkeypatch.setattr("keywright.service.resealing.BATCH", 2)
    under_former(call)
    within(FORMER, add)

    assert counts(resealed(call, "--json"))["passwords"] == (5, 5, 0, 0)
