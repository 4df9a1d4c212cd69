"""Identities: the contract of every store of them."""

import asyncio
from dataclasses import replace

import pytest

from keywright.features.identities.errors import (
    IdentityTaken,
    LastFactor,
    ProviderLinked,
)
from keywright.features.identities.store import IdentityStore
from keywright.features.identities.types import Identity, SealedTokens
from keywright.features.users.errors import EmailTaken
from keywright.features.users.types import Status, User
from keywright.shared.secrets import new_id
from tests.contracts.races import race, winners
from tests.contracts.stores import Stores
from tests.features.identities.builders import ISSUER, identity
from tests.features.outbox.builders import letter
from tests.features.users.builders import user
from tests.instants import MILLISECOND, NOW, SECOND

STORE = "identities"


@pytest.fixture
def identities(stores: Stores) -> IdentityStore:
    return stores.identities


async def added(stores: Stores, one: User | None = None) -> User:
    """Add a user, and return it."""
    made = one or user()
    await stores.users.add(made)
    return made


async def linked(stores: Stores, one: Identity) -> Identity:
    """Link *one*, and return it."""
    await stores.identities.link(one, epoch=0, letter=None)
    return one


async def changed(stores: Stores, owner: User, change: str) -> None:
    """Let somebody else change *owner*, who is at epoch 0."""
    if change == "password":
        assert await stores.users.replace_password(
            owner.id, "new", epoch=0, now=NOW, letter=letter()
        )
        return
    status = Status.BANNED if change == "banned" else Status.DEACTIVATED
    assert await stores.users.set_status(
        owner.id, status, epoch=0, purge_after=NOW, now=NOW, letter=None
    )
    if change == "removed":
        await stores.identities.forget(owner.id)
        await stores.users.remove(owner.id)


async def test_every_member_is_kept(stores: Stores) -> None:
    owner = await added(stores)
    one = identity(
        user_id=owner.id,
        provider="some-provider-3",
        issuer="https://ISSUER.example.com/tenant/1/",
        subject="auth0|5f7c8ec7c33c6c004bbafe82 é",
        email="Ada@example.com",
        linked_at=NOW + MILLISECOND,
    )

    await linked(stores, one)

    assert await stores.identities.by_subject(one.issuer, one.subject) == one
    assert list(await stores.identities.of_user(owner.id)) == [one]


async def test_sealed_tokens_are_kept_with_it(stores: Stores) -> None:
    owner = await added(stores)
    one = identity(user_id=owner.id, tokens=SealedTokens("v1.a", "v1.r" * 5000))

    await linked(stores, one)

    assert await stores.identities.by_subject(one.issuer, one.subject) == one


async def test_a_newcomers_tokens_are_kept_too(stores: Stores) -> None:
    newcomer = user()
    one = identity(user_id=newcomer.id, tokens=SealedTokens("v1.a"))

    await stores.identities.enrol(newcomer, one)

    assert list(await stores.identities.of_user(newcomer.id)) == [one]


@pytest.mark.parametrize(
    ("former", "latest", "kept"),
    [
        (None, SealedTokens("a", "r"), SealedTokens("a", "r")),
        (SealedTokens("a", "r"), SealedTokens("b", "s"), SealedTokens("b", "s")),
        (SealedTokens("a", "r"), SealedTokens("b"), SealedTokens("b", "r")),
        (SealedTokens("a"), SealedTokens("b"), SealedTokens("b")),
        (SealedTokens("a", "r"), None, None),
        (None, None, None),
    ],
)
async def test_later_tokens_replace_those_that_they_bring(
    stores: Stores,
    former: SealedTokens | None,
    latest: SealedTokens | None,
    kept: SealedTokens | None,
) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id, tokens=former))
    other = await linked(
        stores,
        identity(user_id=owner.id, provider="other", tokens=SealedTokens("x", "y")),
    )

    assert await stores.identities.keep(one.id, latest)

    found = await stores.identities.by_subject(one.issuer, one.subject)
    assert found == replace(one, tokens=kept)
    assert await stores.identities.by_subject(other.issuer, other.subject) == other


async def test_tokens_are_not_kept_for_an_identity_that_is_gone(
    stores: Stores,
) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id))
    await stores.identities.unlink(one.id, owner.id, keep_one=False, letter=None)

    assert not await stores.identities.keep(one.id, SealedTokens("a"))
    assert not await stores.identities.of_user(owner.id)


async def test_tokens_that_come_while_it_is_unlinked_are_gone_with_it(
    stores: Stores,
) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id))

    await asyncio.gather(
        stores.identities.keep(one.id, SealedTokens("a")),
        stores.identities.unlink(one.id, owner.id, keep_one=False, letter=None),
    )

    assert await stores.identities.by_subject(one.issuer, one.subject) is None


async def test_an_address_may_be_missing(stores: Stores) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id, email=None))

    assert await stores.identities.by_subject(one.issuer, one.subject) == one


@pytest.mark.attack("C13")
@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        (ISSUER, "abcd"),
        (ISSUER, "ABC"),
        (ISSUER, "abc "),
        (ISSUER, "ábc"),
        (f"{ISSUER}/", "abc"),
        (f"{ISSUER}a", "bc"),
        (ISSUER.upper(), "abc"),
    ],
)
async def test_only_exactly_the_same_texts_find_it(
    stores: Stores, issuer: str, subject: str
) -> None:
    owner = await added(stores)
    await linked(stores, identity(user_id=owner.id, subject="abc"))

    assert await stores.identities.by_subject(issuer, subject) is None


async def test_a_subject_is_one_users(stores: Stores) -> None:
    first, second = await added(stores), await added(stores)
    one = await linked(stores, identity(user_id=first.id))

    with pytest.raises(IdentityTaken):
        await linked(stores, replace(one, id=new_id(), user_id=second.id))

    assert not await stores.identities.of_user(second.id)


@pytest.mark.attack("C13")
async def test_the_same_subject_at_two_issuers_is_two_identities(
    stores: Stores,
) -> None:
    first, second = await added(stores), await added(stores)
    one = await linked(stores, identity(user_id=first.id, subject="1"))
    other = identity(user_id=second.id, subject="1", issuer="https://other.example")

    await linked(stores, other)

    assert await stores.identities.by_subject(one.issuer, "1") == one
    assert await stores.identities.by_subject(other.issuer, "1") == other


async def test_a_user_has_one_identity_of_a_provider(stores: Stores) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id))

    with pytest.raises(ProviderLinked):
        await linked(stores, identity(user_id=owner.id))

    assert list(await stores.identities.of_user(owner.id)) == [one]


async def test_they_come_in_the_order_in_which_they_were_linked(stores: Stores) -> None:
    owner = await added(stores)
    rows = [
        identity(user_id=owner.id, provider=name, linked_at=NOW + number * SECOND)
        for name, number in (("a", 2), ("b", 1), ("c", 3))
    ]
    for one in rows:
        await linked(stores, one)

    found = await stores.identities.of_user(owner.id)

    assert [one.provider for one in found] == ["b", "a", "c"]


async def test_a_letter_is_recorded_with_its_link(stores: Stores) -> None:
    owner, told = await added(stores), letter()

    await stores.identities.link(identity(user_id=owner.id), epoch=0, letter=told)

    assert await stores.letter(told.id) is not None


async def test_a_refused_link_records_no_letter(stores: Stores) -> None:
    owner, told = await added(stores), letter()
    one = await linked(stores, identity(user_id=owner.id))

    with pytest.raises(IdentityTaken):
        await stores.identities.link(replace(one, id=new_id()), epoch=0, letter=told)

    assert await stores.letter(told.id) is None


@pytest.mark.attack("C14")
@pytest.mark.parametrize("change", ["password", "banned", "deactivated", "removed"])
async def test_a_user_who_changed_meanwhile_is_linked_to_nothing(
    stores: Stores, change: str
) -> None:
    owner, told = await added(stores), letter()
    one = identity(user_id=owner.id)
    await changed(stores, owner, change)

    assert not await stores.identities.link(one, epoch=0, letter=told)

    assert not await stores.identities.of_user(owner.id)
    assert await stores.identities.by_subject(one.issuer, one.subject) is None
    assert await stores.letter(told.id) is None


async def test_at_the_later_epoch_it_is_linked(stores: Stores) -> None:
    owner = await added(stores)
    one = identity(user_id=owner.id)
    await changed(stores, owner, "password")
    await stores.identities.link(one, epoch=0, letter=None)

    assert await stores.identities.link(one, epoch=1, letter=None)
    assert list(await stores.identities.of_user(owner.id)) == [one]


@pytest.mark.attack("C14")
@pytest.mark.parametrize("change", ["password", "banned"])
async def test_a_link_comes_before_a_change_of_its_user_or_never(
    stores: Stores, change: str
) -> None:
    owners = [await added(stores) for _ in range(16)]
    rows = [identity(user_id=owner.id) for owner in owners]

    async def run(number: int) -> object:
        if number % 2:
            return await stores.identities.link(
                rows[number // 2], epoch=0, letter=letter()
            )
        owner = owners[number // 2]
        await changed(stores, owner, change)
        return list(await stores.identities.of_user(owner.id))

    outcomes = await race(run, racers=32)

    for owner, one, seen, is_linked in zip(
        owners, rows, outcomes[::2], outcomes[1::2], strict=True
    ):
        assert seen == ([one] if is_linked else [])
        assert list(await stores.identities.of_user(owner.id)) == seen


@pytest.mark.attack("C14")
async def test_nothing_is_left_of_a_link_while_its_user_is_removed(
    stores: Stores,
) -> None:
    owners = [await added(stores) for _ in range(16)]
    rows = [identity(user_id=owner.id) for owner in owners]

    async def run(number: int) -> None:
        if number % 2:
            await stores.identities.link(rows[number // 2], epoch=0, letter=None)
            return
        await changed(stores, owners[number // 2], "removed")

    await race(run, racers=32)

    for one in rows:
        assert await stores.identities.by_subject(one.issuer, one.subject) is None


async def test_of_many_that_link_one_subject_one_wins(stores: Stores) -> None:
    owners = [await added(stores) for _ in range(16)]

    async def link(number: int) -> bool:
        one = identity(user_id=owners[number].id, subject="same")
        try:
            await stores.identities.link(one, epoch=0, letter=None)
        except IdentityTaken:
            return False
        return True

    [winner] = winners(await race(link, racers=16))

    found = await stores.identities.by_subject(ISSUER, "same")
    assert found is not None
    assert found.user_id == owners[winner].id


async def test_a_user_is_enrolled_with_an_identity(stores: Stores) -> None:
    newcomer = user(password_hash=None)
    one = identity(user_id=newcomer.id)

    await stores.identities.enrol(newcomer, one)

    assert await stores.users.by_id(newcomer.id) == newcomer
    assert list(await stores.identities.of_user(newcomer.id)) == [one]


async def test_with_a_taken_address_nobody_is_enrolled(stores: Stores) -> None:
    there = await added(stores)
    newcomer = user(email=there.email)
    one = identity(user_id=newcomer.id)

    with pytest.raises(EmailTaken):
        await stores.identities.enrol(newcomer, one)

    assert await stores.users.by_id(newcomer.id) is None
    assert await stores.identities.by_subject(one.issuer, one.subject) is None


async def test_with_a_taken_identity_nobody_is_enrolled(stores: Stores) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id))
    newcomer = user()

    with pytest.raises(IdentityTaken):
        await stores.identities.enrol(
            newcomer, replace(one, id=new_id(), user_id=newcomer.id)
        )

    assert await stores.users.by_id(newcomer.id) is None
    assert await stores.users.by_email(newcomer.email) is None


async def test_of_many_that_enrol_one_identity_one_wins(stores: Stores) -> None:
    newcomers = [user() for _ in range(16)]

    async def enrol(number: int) -> bool:
        newcomer = newcomers[number]
        one = identity(user_id=newcomer.id, subject="same")
        try:
            await stores.identities.enrol(newcomer, one)
        except IdentityTaken:
            return False
        return True

    [winner] = winners(await race(enrol, racers=16))

    there = [await stores.users.by_id(one.id) is not None for one in newcomers]
    assert winners(there) == [winner]


async def test_an_identity_is_unlinked_by_its_user(stores: Stores) -> None:
    owner, told = await added(stores), letter()
    one = await linked(stores, identity(user_id=owner.id))

    assert await stores.identities.unlink(one.id, owner.id, keep_one=False, letter=told)
    assert not await stores.identities.of_user(owner.id)
    assert await stores.letter(told.id) is not None


async def test_an_identity_is_not_unlinked_by_another_user(stores: Stores) -> None:
    owner, stranger, told = await added(stores), await added(stores), letter()
    one = await linked(stores, identity(user_id=owner.id))

    assert not await stores.identities.unlink(
        one.id, stranger.id, keep_one=False, letter=told
    )
    assert list(await stores.identities.of_user(owner.id)) == [one]
    assert await stores.letter(told.id) is None


@pytest.mark.attack("C14")
async def test_the_last_one_stays_where_one_must(stores: Stores) -> None:
    owner, told = await added(stores), letter()
    one = await linked(stores, identity(user_id=owner.id))

    with pytest.raises(LastFactor):
        await stores.identities.unlink(one.id, owner.id, keep_one=True, letter=told)

    assert list(await stores.identities.of_user(owner.id)) == [one]
    assert await stores.letter(told.id) is None


@pytest.mark.attack("C14")
async def test_of_all_that_are_unlinked_at_once_one_stays(stores: Stores) -> None:
    owner = await added(stores)
    rows = [
        await linked(stores, identity(user_id=owner.id, provider=f"p{number}"))
        for number in range(4)
    ]

    async def unlink(number: int) -> bool:
        try:
            return await stores.identities.unlink(
                rows[number].id, owner.id, keep_one=True, letter=None
            )
        except LastFactor:
            return False

    done = winners(await race(unlink, racers=4))

    assert len(done) == 3
    assert len(await stores.identities.of_user(owner.id)) == 1


@pytest.mark.attack("C14")
async def test_of_any_two_that_are_unlinked_at_once_one_stays(stores: Stores) -> None:
    owners = [await added(stores) for _ in range(16)]
    for owner in owners:
        for name in ("a", "b"):
            await linked(stores, identity(user_id=owner.id, provider=name))
    rows = [row for one in owners for row in await stores.identities.of_user(one.id)]

    async def unlink(number: int) -> bool:
        row = rows[number]
        try:
            return await stores.identities.unlink(
                row.id, row.user_id, keep_one=True, letter=None
            )
        except LastFactor:
            return False

    done = winners(await race(unlink, racers=32))

    assert len(done) == 16
    assert {len(await stores.identities.of_user(one.id)) for one in owners} == {1}


async def test_all_identities_of_a_user_are_forgotten(stores: Stores) -> None:
    owner, other = await added(stores), await added(stores)
    await linked(stores, identity(user_id=owner.id, provider="a"))
    await linked(stores, identity(user_id=owner.id, provider="b"))
    stays = await linked(stores, identity(user_id=other.id))

    assert await stores.identities.forget(owner.id) == 2
    assert not await stores.identities.of_user(owner.id)
    assert list(await stores.identities.of_user(other.id)) == [stays]


async def test_a_forgotten_identity_can_be_linked_again(stores: Stores) -> None:
    owner = await added(stores)
    one = await linked(stores, identity(user_id=owner.id))
    await stores.identities.forget(owner.id)

    await linked(stores, one)

    assert list(await stores.identities.of_user(owner.id)) == [one]
