"""Tokens of a provider, kept for an application that asked for them."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from keywright.features.identities.errors import NotLinked
from keywright.features.identities.policy import read_tokens, write_access
from keywright.features.identities.service import Identities
from keywright.features.identities.types import (
    NO_TOKENS,
    Identity,
    ProviderTokens,
    SealedTokens,
)
from keywright.features.users.types import Status, User
from keywright.shared.secrets import new_id
from keywright.shared.vault import Vault
from tests.features.identities.builders import proven
from tests.features.identities.test_service import Raced, Setting
from tests.features.world import SECRET
from tests.instants import NOW

NEW = bytes(32)
FIRST = ProviderTokens("at-first", "rt-first", "repo", NOW + timedelta(hours=1))


async def enrolled(setting: Setting, tokens: ProviderTokens | None = FIRST) -> User:
    return await setting.identities.user_of(proven(tokens=tokens))


async def identity_of(identities: Identities, user: User) -> Identity:
    (one,) = await identities.of_user(user.id)
    return one


@pytest.mark.parametrize("ends", [None, NOW])
def test_what_is_written_can_be_read(ends: object) -> None:
    tokens = ProviderTokens("a", "r", "s", NOW if ends else None)
    assert read_tokens(write_access(tokens), b"r") == tokens


async def test_tokens_are_returned_as_they_came() -> None:
    setting = Setting()
    user = await enrolled(setting)
    assert await setting.identities.tokens_of(user.id, "example") == FIRST


async def test_a_token_without_a_refresh_token_is_returned_so() -> None:
    setting = Setting()
    user = await enrolled(setting, ProviderTokens("only"))
    found = await setting.identities.tokens_of(user.id, "example")
    assert found == ProviderTokens("only")


async def test_nothing_is_kept_of_a_provider_that_gave_none() -> None:
    setting = Setting()
    user = await enrolled(setting, None)
    assert await setting.identities.tokens_of(user.id, "example") is None
    assert await setting.identities.tokens_of(user.id, "other") is None


async def test_the_store_sees_no_token() -> None:
    setting = Setting()
    user = await enrolled(setting)
    sealed = (await identity_of(setting.identities, user)).tokens
    assert sealed is not None
    assert "first" not in f"{sealed.access}{sealed.refresh}"


async def test_no_repr_shows_a_token() -> None:
    setting = Setting()
    user = await enrolled(setting)
    one = await identity_of(setting.identities, user)
    shown = f"{FIRST!r} {proven(tokens=FIRST)!r} {one!r} {one.tokens!r}"
    assert "first" not in shown
    assert "v1." not in shown


async def test_a_seal_opens_for_its_identity_only() -> None:
    setting = Setting()
    user = await enrolled(setting)
    other = await setting.world.add_user(email="other@example.com")
    one = await identity_of(setting.identities, user)
    moved = replace(one, id=new_id(), user_id=other.id, subject="2")
    assert await setting.store.link(moved, epoch=0, letter=None)
    assert await setting.identities.tokens_of(other.id, "example") is None


async def test_access_and_refresh_token_cannot_be_exchanged() -> None:
    setting = Setting()
    user = await enrolled(setting)
    one = await identity_of(setting.identities, user)
    assert one.tokens is not None
    assert one.tokens.refresh is not None
    swapped = SealedTokens(one.tokens.refresh, one.tokens.access)
    await setting.store.keep(one.id, swapped)
    assert await setting.identities.tokens_of(user.id, "example") is None


async def test_a_later_sign_in_brings_later_tokens() -> None:
    setting = Setting()
    user = await enrolled(setting)
    await setting.identities.user_of(proven(tokens=ProviderTokens("later")))
    found = await setting.identities.tokens_of(user.id, "example")
    assert found == ProviderTokens("later", "rt-first")


@pytest.mark.attack("M1")
@pytest.mark.parametrize("status", [Status.BANNED, Status.DEACTIVATED])
async def test_of_a_user_who_may_not_sign_in_none_are_kept(status: Status) -> None:
    setting = Setting()
    user = await enrolled(setting)
    await setting.world.users.set_status(
        user.id, status, epoch=0, purge_after=NOW, now=NOW, letter=None
    )

    await setting.identities.user_of(proven(tokens=ProviderTokens("later")))

    assert await setting.identities.tokens_of(user.id, "example") == FIRST


async def test_a_repeated_link_brings_later_tokens() -> None:
    setting = Setting()
    user = await enrolled(setting)
    await setting.identities.link(user, proven(tokens=ProviderTokens("later", "rt")))
    found = await setting.identities.tokens_of(user.id, "example")
    assert found == ProviderTokens("later", "rt")


async def test_a_sign_in_by_an_apps_token_leaves_them() -> None:
    setting = Setting()
    user = await enrolled(setting)
    await setting.identities.user_of(proven(tokens=None))
    assert await setting.identities.tokens_of(user.id, "example") == FIRST


async def test_they_go_at_the_next_sign_in_when_none_are_to_be_kept() -> None:
    setting = Setting()
    user = await enrolled(setting)
    await setting.identities.user_of(proven(tokens=NO_TOKENS))
    assert (await identity_of(setting.identities, user)).tokens is None


async def test_an_application_may_renew_them() -> None:
    setting = Setting()
    user = await enrolled(setting)
    renewed = ProviderTokens("renewed", "rt-second")
    await setting.identities.replace_tokens(user.id, "example", renewed)
    assert await setting.identities.tokens_of(user.id, "example") == renewed


async def test_there_is_nothing_to_renew_of_a_provider_that_is_not_linked() -> None:
    setting = Setting()
    user = await enrolled(setting)
    with pytest.raises(NotLinked):
        await setting.identities.replace_tokens(user.id, "other", FIRST)


class KeepsNothing(Raced):
    """A store whose tokens nobody may touch."""

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        raise AssertionError


async def test_where_none_are_kept_a_sign_in_asks_the_store_nothing_more() -> None:
    setting = Setting(kind=KeepsNothing)
    first = await enrolled(setting, NO_TOKENS)
    assert (await enrolled(setting, NO_TOKENS)).id == first.id


@pytest.mark.parametrize("tokens", [FIRST, ProviderTokens("only")])
async def test_tokens_sealed_anew_open_without_the_former_key(
    tokens: ProviderTokens,
) -> None:
    setting = Setting()
    user = await enrolled(setting, tokens)
    one = await identity_of(setting.identities, user)
    rotated = replace(setting.identities, vault=Vault([NEW, *SECRET.keys("vault")]))
    later = replace(setting.identities, vault=Vault([NEW]))
    assert await later.tokens_of(user.id, "example") is None

    resealed = rotated.resealed(one)

    await setting.identities.store.keep(one.id, resealed)
    assert await later.tokens_of(user.id, "example") == tokens
    assert rotated.resealed(replace(one, tokens=resealed)) is None


async def test_a_refresh_token_older_than_its_access_token_is_sealed_anew() -> None:
    setting = Setting()
    user = await enrolled(setting)
    rotated = replace(setting.identities, vault=Vault([NEW, *SECRET.keys("vault")]))
    await rotated.replace_tokens(user.id, "example", ProviderTokens("second"))
    mixed = await identity_of(rotated, user)
    assert mixed.tokens is not None

    resealed = rotated.resealed(mixed)

    assert resealed is not None
    assert resealed.access == mixed.tokens.access
    await setting.identities.store.keep(mixed.id, resealed)
    later = replace(setting.identities, vault=Vault([NEW]))
    found = await later.tokens_of(user.id, "example")
    assert found == ProviderTokens("second", "rt-first")


async def test_without_tokens_there_is_nothing_to_seal_anew() -> None:
    setting = Setting()
    user = await enrolled(setting, None)
    one = await identity_of(setting.identities, user)
    assert setting.identities.resealed(one) is None
