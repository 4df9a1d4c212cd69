"""What every file store promises, on each of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from keywright.senders.files import FileStore
from keywright.shared.secrets import random_bytes
from tests.senders.file_places import KINDS, FilePlace, file_place

WEBP = "image/webp"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module", params=KINDS)
async def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FilePlace]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("files") / "made" / "on demand"
        yield await stack.enter_async_context(file_place(request.param, folder))


@pytest.fixture
def store(place: FilePlace) -> FileStore:
    return place.store


def some_key() -> str:
    return f"{random_bytes(16).hex()}-64.webp"


async def test_a_file_is_read_as_it_was_put(store: FileStore) -> None:
    key, content = some_key(), bytes(range(256)) * 400

    await store.put(key, content, media_type=WEBP)

    assert await store.read(key) == content


async def test_a_file_that_was_never_put_is_not_there(store: FileStore) -> None:
    assert await store.read(some_key()) is None


async def test_a_second_file_replaces_the_first(store: FileStore) -> None:
    key = some_key()
    await store.put(key, b"one", media_type=WEBP)

    await store.put(key, b"two", media_type=WEBP)

    assert await store.read(key) == b"two"


async def test_a_deleted_file_is_gone(store: FileStore) -> None:
    key = some_key()
    await store.put(key, b"one", media_type=WEBP)

    await store.delete(key)

    assert await store.read(key) is None


async def test_deleting_a_file_twice_is_the_same_as_once(store: FileStore) -> None:
    key = some_key()
    await store.put(key, b"one", media_type=WEBP)
    await store.delete(key)

    await store.delete(key)

    assert await store.read(key) is None


async def test_deleting_one_file_keeps_the_others(store: FileStore) -> None:
    one, other = some_key(), some_key()
    for key in (one, other):
        await store.put(key, key.encode(), media_type=WEBP)

    await store.delete(one)

    assert await store.read(other) == other.encode()


async def test_of_many_at_once_one_file_is_kept_whole(store: FileStore) -> None:
    key = some_key()
    contents = [bytes([number]) * 50_000 for number in range(8)]

    await asyncio.gather(*(store.put(key, one, media_type=WEBP) for one in contents))

    assert await store.read(key) in contents


async def named(store: FileStore, before: datetime) -> set[str]:
    return {name async for name in store.names(before=before)}


async def test_the_names_of_all_files_can_be_had(store: FileStore) -> None:
    keys = {some_key() for _ in range(5)}
    for key in keys:
        await store.put(key, b"x", media_type=WEBP)

    assert keys <= await named(store, FAR_FUTURE)


async def test_a_file_that_was_put_later_is_not_named(store: FileStore) -> None:
    await store.put(some_key(), b"x", media_type=WEBP)

    assert await named(store, LONG_AGO) == set()


async def test_an_address_ends_in_the_key(store: FileStore) -> None:
    key = some_key()

    assert store.url(key).endswith(f"/{key}")


async def test_a_store_that_is_well_says_so(store: FileStore) -> None:
    await store.check()


@pytest.mark.attack("J2")
@pytest.mark.asvs("V5.3.2")
@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "/etc/passwd",
        ".hidden",
        "a\x00b",
        "a\n",
        "a b",
        "%2e%2e",
        "ä.webp",
        "x" * 101,
    ],
)
async def test_a_key_that_is_no_plain_name_is_refused(
    store: FileStore, key: str
) -> None:
    for act in (store.put(key, b"x", media_type=WEBP), store.read(key)):
        with pytest.raises(ValueError, match="file name"):
            await act
    with pytest.raises(ValueError, match="file name"):
        await store.delete(key)
    with pytest.raises(ValueError, match="file name"):
        store.url(key)


async def test_a_store_shows_no_secret(place: FilePlace) -> None:
    shown = f"{place.store!r} {vars(place.store)!r}"

    assert "s3cr3t" not in shown
    assert "a-key:of" not in shown
