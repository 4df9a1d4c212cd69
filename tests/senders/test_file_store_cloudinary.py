"""Files at Cloudinary: every request signed, no redirect followed."""

from collections.abc import AsyncIterator

import pytest

from keywright.senders.file_store_cloudinary import open_file_store
from keywright.senders.files import FileStore
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import SettingsInvalid
from tests.cloudinary import CLOUD, KEY, Cloudinary, cloudinary

NAME = "0123456789abcdef-64.webp"
PUBLIC_ID = "avatars/0123456789abcdef-64"
SERVED_AT = "https://auth.example/avatars"


@pytest.fixture
async def account() -> AsyncIterator[Cloudinary]:
    async with cloudinary() as account:
        yield account


async def all_acts(store: FileStore) -> None:
    for act in (
        store.put(NAME, b"x", media_type="image/webp"),
        store.read(NAME),
        store.delete(NAME),
        store.check(),
    ):
        with pytest.raises(StoreUnavailable):
            await act


async def test_an_image_lies_in_the_folder_of_the_address(account: Cloudinary) -> None:
    store = open_file_store(account.url, served_at=SERVED_AT)

    await store.put(NAME, b"x", media_type="image/webp")

    assert account.images == {PUBLIC_ID: b"x"}
    assert account.refused == []


async def test_an_image_is_fetched_from_the_delivery_address() -> None:
    store = open_file_store(f"cloudinary://{KEY}:s@{CLOUD}", served_at=SERVED_AT)

    base = f"https://res.cloudinary.com/{CLOUD}/image/upload"
    assert store.url(NAME) == f"{base}/{NAME}"


async def test_without_the_secret_nothing_is_taken(account: Cloudinary) -> None:
    account.images[PUBLIC_ID] = b"x"
    forged = f"cloudinary://{KEY}:guess@{account.url.partition('@')[2]}"
    store = open_file_store(forged, served_at=SERVED_AT)

    with pytest.raises(StoreUnavailable):
        await store.put(NAME, b"y", media_type="image/webp")
    with pytest.raises(StoreUnavailable):
        await store.delete(NAME)
    with pytest.raises(StoreUnavailable):
        await store.check()

    assert account.images == {PUBLIC_ID: b"x"}
    assert account.refused[:2] == ["Invalid Signature"] * 2


@pytest.mark.asvs("V15.3.2")
@pytest.mark.parametrize("mood", ["fails", "redirects"])
async def test_an_answer_that_is_no_success_is_a_store_that_is_down(
    account: Cloudinary, mood: str
) -> None:
    account.mood = mood

    await all_acts(open_file_store(account.url, served_at=SERVED_AT))


async def test_an_image_without_end_is_not_read(account: Cloudinary) -> None:
    account.mood = "endless"
    store = open_file_store(account.url, served_at=SERVED_AT)

    with pytest.raises(StoreUnavailable):
        await store.read(NAME)


async def test_an_address_that_nobody_listens_on_is_a_store_that_is_down() -> None:
    options = "api=http://127.0.0.1:1&delivery=http://127.0.0.1:1"
    url = f"cloudinary://{KEY}:secret@{CLOUD}?{options}"

    await all_acts(open_file_store(url, served_at=SERVED_AT))


@pytest.mark.parametrize(
    "url",
    [
        "cloudinary:",
        "cloudinary://cloud",
        "cloudinary://key@cloud",
        "cloudinary://key:@cloud",
        "cloudinary://key:secret@",
        "cloudinary://key:secret@cloud?api=ftp://x",
        "cloudinary://key:secret@cloud?unknown=1",
    ],
)
def test_an_address_that_names_no_account_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_file_store(url, served_at=SERVED_AT)

    assert refused.value.problems.keys() == {"AUTH_FILES_URL"}
    assert "secret@" not in str(refused.value).replace("key:secret@cloud", "")
