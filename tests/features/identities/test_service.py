"""Users by identity: found, enrolled, linked and unlinked."""

from dataclasses import replace
from uuid import UUID

import pytest

from keywright.features.identities.errors import (
    AccountExists,
    IdentityTaken,
    LastFactor,
    NotLinked,
)
from keywright.features.identities.memory import Identities as Store
from keywright.features.identities.service import Identities
from keywright.features.identities.types import Identity, ProviderTokens
from keywright.features.outbox.types import Letter
from keywright.features.users.errors import EmailTaken, SignUpClosed
from keywright.features.users.types import Status, User, UserChanges
from tests.features.identities.builders import identity, proven
from tests.features.users.builders import user
from tests.features.world import ADDRESS, World


class Raced(Store):
    """A store that another request uses at the same time."""

    looked = True


class FirstLookTooEarly(Raced):
    """Somebody enrols right after the first look."""

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        found = await super().by_subject(issuer, subject) if self.looked else None
        self.looked = True
        return found


class AddressTakenMeanwhile(Raced):
    """Somebody signs up with the address right before the user is added."""

    async def enrol(self, user: User, identity: Identity) -> None:
        raise EmailTaken


class UnlinkedMeanwhile(Raced):
    """Somebody unlinks the same identity first."""

    async def unlink(
        self,
        identity_id: UUID,
        user_id: UUID,
        *,
        keep_one: bool,
        letter: Letter | None,
    ) -> bool:
        return False


class Setting:
    """The service over the memory twins of a world."""

    def __init__(
        self,
        *,
        is_sign_up_open: bool = True,
        purges: bool = True,
        kind: type[Raced] = Raced,
    ) -> None:
        self.world = World()
        self.store = kind(self.world.users, self.world.outbox)
        self.purges = purges
        self.identities = Identities(
            store=self.store,
            users=self.world.users,
            letters=self.world.writer,
            purge=self.purge,
            vault=self.world.vault,
            publish=self.world.publish,
            now=self.world.clock,
            is_sign_up_open=is_sign_up_open,
        )

    async def purge(self, doomed: User) -> bool:
        """Remove *doomed*, unless somebody was faster."""
        return self.purges and await self.world.deletion.remove(doomed)


async def test_a_newcomer_is_enrolled_with_a_verified_address() -> None:
    setting = Setting()

    newcomer = await setting.identities.user_of(proven(email=ADDRESS))

    assert newcomer.email == ADDRESS
    assert newcomer.is_email_verified
    assert newcomer.password_hash is None
    assert newcomer.role == "user"
    assert setting.world.happened() == ["UserEnrolled"]


async def test_without_a_trusted_address_there_is_no_mailbox() -> None:
    setting = Setting()
    there = await setting.world.add_user()

    newcomer = await setting.identities.user_of(
        proven(email=there.email, is_email_trusted=False)
    )

    assert newcomer.id != there.id
    assert newcomer.email.endswith("@none.invalid")
    assert not newcomer.is_email_verified


async def test_a_known_identity_finds_its_user_whatever_the_address() -> None:
    setting = Setting()
    first = await setting.identities.user_of(proven())

    again = await setting.identities.user_of(proven(email="new@example.com", name="X"))

    assert again == first


async def test_a_user_who_proved_the_address_must_prove_the_account() -> None:
    setting = Setting()
    await setting.world.add_user(email=ADDRESS)

    with pytest.raises(AccountExists):
        await setting.identities.user_of(proven(email=ADDRESS))

    assert setting.world.happened() == ["LinkingRefused"]


async def test_a_user_who_never_did_gives_way() -> None:
    setting = Setting()
    squatter = await setting.world.add_user(email=ADDRESS, is_email_verified=False)

    newcomer = await setting.identities.user_of(proven(email=ADDRESS))

    assert newcomer.id != squatter.id
    assert await setting.world.users.by_id(squatter.id) is None
    assert "UnprovedUserPurged" in setting.world.happened()


async def test_who_changes_while_giving_way_stays() -> None:
    setting = Setting(purges=False)
    there = await setting.world.add_user(email=ADDRESS, is_email_verified=False)

    with pytest.raises(AccountExists):
        await setting.identities.user_of(proven(email=ADDRESS))

    assert await setting.world.users.by_id(there.id) == there


@pytest.mark.parametrize("is_verified", [None, False])
async def test_where_sign_up_is_closed_nobody_is_enrolled(
    *, is_verified: bool | None
) -> None:
    setting = Setting(is_sign_up_open=False)
    if is_verified is not None:
        await setting.world.add_user(email=ADDRESS, is_email_verified=is_verified)

    with pytest.raises(SignUpClosed):
        await setting.identities.user_of(proven(email=ADDRESS))


async def test_an_identity_that_outlived_its_user_is_forgotten() -> None:
    setting = Setting()
    first = await setting.identities.user_of(proven())
    await setting.world.users.remove(first.id)

    again = await setting.identities.user_of(proven())

    assert again.id != first.id
    assert not await setting.store.of_user(first.id)


async def test_who_enrols_second_gets_the_user_of_the_first() -> None:
    setting = Setting(kind=FirstLookTooEarly)
    first = await setting.identities.user_of(proven(email=None))
    setting.store.looked = False

    assert await setting.identities.user_of(proven(email=None)) == first


async def test_an_address_that_was_taken_meanwhile_is_an_account() -> None:
    setting = Setting(kind=AddressTakenMeanwhile)

    with pytest.raises(AccountExists):
        await setting.identities.user_of(proven())


async def test_a_link_is_told_to_the_owner() -> None:
    setting = Setting()
    owner = await setting.world.add_user()

    await setting.identities.link(owner, proven())

    assert setting.world.kinds() == ["provider_linked"]
    assert setting.world.happened() == ["IdentityLinked"]


async def test_linking_again_changes_nothing() -> None:
    setting = Setting()
    owner = await setting.world.add_user()
    await setting.identities.link(owner, proven())

    await setting.identities.link(owner, proven())

    assert len(await setting.identities.of_user(owner.id)) == 1
    assert setting.world.kinds() == ["provider_linked"]


@pytest.mark.attack("C14")
@pytest.mark.parametrize("is_linked", [True, False])
@pytest.mark.parametrize("change", ["password", "banned", "removed"])
async def test_nothing_is_linked_to_a_user_who_changed_meanwhile(
    change: str, *, is_linked: bool
) -> None:
    setting = Setting()
    owner = await setting.world.add_user()
    if is_linked:
        await setting.identities.link(owner, proven())
    before = await setting.identities.of_user(owner.id)
    told = len(setting.world.kinds())
    await change_user(setting.world, owner, change)

    tokens = ProviderTokens("later")
    assert not await setting.identities.link(owner, proven(tokens=tokens))

    assert await setting.identities.of_user(owner.id) == before
    assert len(setting.world.kinds()) == told


async def change_user(world: World, owner: User, change: str) -> None:
    """Let somebody else change *owner*."""
    if change == "password":
        await world.users.replace_password(
            owner.id, "new", epoch=owner.epoch, now=world.now, letter=None
        )
    elif change == "banned":
        await world.users.set_status(
            owner.id,
            Status.BANNED,
            epoch=owner.epoch,
            purge_after=None,
            now=world.now,
            letter=None,
        )
    else:
        await world.users.remove(owner.id)


async def test_an_identity_of_somebody_else_is_not_linked() -> None:
    setting = Setting()
    await setting.identities.user_of(proven())
    owner = await setting.world.add_user(email="other@example.com")

    with pytest.raises(IdentityTaken):
        await setting.identities.link(owner, proven())


async def test_an_unlinked_provider_is_told_to_the_owner() -> None:
    setting = Setting()
    owner = await setting.world.add_user()
    await setting.identities.link(owner, proven())

    await setting.identities.unlink(owner, "example", label="Example")

    assert setting.world.kinds()[-1] == "provider_unlinked"
    assert setting.world.happened()[-1] == "IdentityUnlinked"
    assert not await setting.identities.of_user(owner.id)


async def test_what_is_not_linked_is_not_unlinked() -> None:
    setting = Setting()
    owner = await setting.world.add_user()

    with pytest.raises(NotLinked):
        await setting.identities.unlink(owner, "example", label="Example")


async def test_the_last_factor_stays() -> None:
    setting = Setting()
    owner = await setting.identities.user_of(proven())

    with pytest.raises(LastFactor):
        await setting.identities.unlink(owner, "example", label="Example")


async def test_what_another_request_unlinked_is_not_linked() -> None:
    setting = Setting(kind=UnlinkedMeanwhile)
    owner = await setting.world.add_user()
    await setting.store.link(identity(user_id=owner.id), epoch=0, letter=None)

    with pytest.raises(NotLinked):
        await setting.identities.unlink(owner, "example", label="Example")


async def test_a_user_without_a_mailbox_is_sent_nothing() -> None:
    setting = Setting()
    owner = await setting.identities.user_of(proven(email=None))
    other = proven(provider="other", issuer="https://other.example")

    await setting.identities.link(owner, other)

    assert setting.world.kinds() == []


async def test_a_name_is_not_taken_over_again() -> None:
    setting = Setting()
    first = await setting.identities.user_of(proven(name="Ada"))
    await setting.world.users.update(
        first.id, UserChanges(name="Countess"), now=setting.world.now
    )

    again = await setting.identities.user_of(proven(name="Ada"))

    assert again.name == "Countess"


async def test_users_of_the_builders_have_mailboxes() -> None:
    assert not user().email.endswith("@none.invalid")


async def test_where_no_provider_is_offered_nobody_is_asked_for_identities() -> None:
    setting = Setting()
    newcomer = await setting.identities.user_of(proven())
    silent = replace(setting.identities, is_offered=False)
    assert await silent.of_user(newcomer.id) == ()
