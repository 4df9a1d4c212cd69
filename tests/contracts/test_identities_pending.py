"""Links that a standalone MongoDB was left with when the service was killed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from keywright.features.identities.documents import IDENTITIES
from keywright.features.identities.types import Identity
from keywright.features.users.types import User
from keywright.shared.mongo import Fields, MongoDatabase
from tests.contracts.in_mongo import open_mongo
from tests.contracts.stores import Stores
from tests.features.identities.builders import identity
from tests.features.users.builders import user
from tests.instants import NOW
from tests.servers import mongo_url


@dataclass(slots=True)
class Left:
    """A link that was added, but neither settled nor taken back."""

    stores: Stores
    documents: AsyncCollection[Fields]
    owner: User
    one: Identity

    async def is_there(self) -> bool:
        """Say whether the stores know of it, in every way of asking."""
        by_subject = await self.stores.identities.by_subject(
            self.one.issuer, self.one.subject
        )
        of_user = await self.stores.identities.of_user(self.owner.id)
        assert [one for one in [by_subject] if one] == list(of_user)
        return bool(of_user)


@pytest.fixture
async def left() -> AsyncIterator[Left]:
    url = mongo_url("_contracts")
    database = MongoDatabase(url)
    async with open_mongo(url, anew=True) as place:
        stores = await place.fresh()
        owner = user()
        await stores.users.add(owner)
        one = identity(user_id=owner.id)
        await stores.identities.link(one, epoch=0, letter=None)
        documents = database.collection(IDENTITIES)
        await documents.update_one({"_id": one.id}, {"$set": {"pending_at": 0}})
        yield Left(stores, documents, owner, one)
    await database.close()


async def test_it_counts_while_its_user_stays_the_same(left: Left) -> None:
    assert await left.is_there()


@pytest.mark.attack("C14")
async def test_it_is_gone_with_a_change_of_its_user(left: Left) -> None:
    await left.stores.users.replace_password(
        left.owner.id, "new", epoch=0, now=NOW, letter=None
    )

    assert not await left.is_there()
    assert await left.documents.count_documents({}) == 0


async def test_then_it_can_be_linked_again(left: Left) -> None:
    await left.stores.users.replace_password(
        left.owner.id, "new", epoch=0, now=NOW, letter=None
    )
    await left.is_there()

    assert await left.stores.identities.link(left.one, epoch=1, letter=None)
    assert await left.is_there()
