"""Files in a bucket: private unless it is said where the world reads it."""

from base64 import b64encode

import pytest
from httpx2 import AsyncClient

from keywright.senders.file_store_objects import open_file_store
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import SettingsInvalid
from tests.senders.file_places import bucket_url
from tests.servers import s3_url, worker

KEY = "0123456789abcdef-64.webp"
SERVED_AT = "https://auth.example/avatars"
BUCKET = f"objects-{worker()}"
SOMEBODY = {"authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/x/s3/aws4_request"}


@pytest.fixture(scope="module")
async def bucket() -> str:
    return await bucket_url(BUCKET)


async def test_an_object_carries_type_disposition_and_cache_control(
    bucket: str,
) -> None:
    store = open_file_store(bucket, served_at=SERVED_AT)

    await store.put(KEY, b"x", media_type="image/webp")

    async with AsyncClient(base_url=s3_url()) as client:
        answer = await client.get(f"/{BUCKET}/avatars/{KEY}", headers=SOMEBODY)
    assert answer.content == b"x"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "immutable" in answer.headers["cache-control"]


def test_the_files_of_a_private_bucket_are_served_by_us(bucket: str) -> None:
    store = open_file_store(bucket, served_at=SERVED_AT)

    assert store.url(KEY) == f"{SERVED_AT}/{KEY}"


def test_the_files_of_a_public_bucket_are_fetched_from_there(bucket: str) -> None:
    url = f"{bucket}&public=https://cdn.example/avatars/"

    store = open_file_store(url, served_at=SERVED_AT)

    assert store.url(KEY) == f"https://cdn.example/avatars/{KEY}"


async def test_a_bucket_that_is_missing_is_a_store_that_is_down() -> None:
    url = f"s3://key:secret@never-made?endpoint={s3_url()}"
    store = open_file_store(url, served_at=SERVED_AT)

    with pytest.raises(StoreUnavailable):
        await store.put(KEY, b"x", media_type="image/webp")


async def test_a_store_that_does_not_answer_is_down() -> None:
    url = "s3://key:secret@bucket?endpoint=http://127.0.0.1:1"
    store = open_file_store(url, served_at=SERVED_AT)

    for act in (
        store.put(KEY, b"x", media_type="image/webp"),
        store.read(KEY),
        store.delete(KEY),
        store.check(),
    ):
        with pytest.raises(StoreUnavailable):
            await act


async def test_the_refusal_of_a_store_says_nothing_of_the_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = b64encode(b"of the bucket").decode()
    url = f"s3://AKIAEXAMPLE:{secret}@bucket?endpoint=http://127.0.0.1:1"
    store = open_file_store(url, served_at=SERVED_AT)

    with pytest.raises(StoreUnavailable) as refused:
        await store.read(KEY)

    told = f"{refused.value!r} {refused.value.__cause__!r}"
    told += "".join(f"{vars(record)}" for record in caplog.records)
    assert caplog.records
    assert secret not in told
    assert "AKIAEXAMPLE" not in told


@pytest.mark.parametrize(
    "url",
    [
        "s3:",
        "s3://",
        "s3:///prefix",
        "s3://bucket?endpoint=ftp://x",
        "s3://bucket?endpoint=",
        "s3://bucket?public=javascript:x",
        "s3://bucket?unknown=1",
        "s3://[",
    ],
)
def test_an_address_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        open_file_store(url, served_at=SERVED_AT)

    assert refused.value.problems.keys() == {"AUTH_FILES_URL"}
