"""The file stores there are, opened on real servers; one more is one more entry."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from httpx2 import AsyncClient

from keywright.senders.file_store_cloudinary import open_file_store as open_cloudinary
from keywright.senders.file_store_local import open_file_store as open_local
from keywright.senders.file_store_objects import open_file_store as open_objects
from keywright.senders.files import FileStore
from tests.cloudinary import Cloudinary, cloudinary
from tests.servers import s3_url, worker

SERVED_AT = "https://auth.example/avatars"
KINDS = ("local", "objects", "cloudinary")
BUCKET_KEY, BUCKET_SECRET = "AKIAEXAMPLE", "s3cr3t-of-the-bucket/+"


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A store, and the address that names it in the settings.

    *folder* is where the local one writes, *account* where the images are.
    """

    url: str
    store: FileStore
    folder: Path | None = None
    account: Cloudinary | None = None


@asynccontextmanager
async def file_place(kind: str, folder: Path) -> AsyncIterator[FilePlace]:
    """Open the store of *kind*, empty."""
    match kind:
        case "local":
            url = f"file:{folder}"
            yield FilePlace(url, open_local(url, served_at=SERVED_AT), folder)
        case "objects":
            url = await bucket_url(f"files-{worker()}-{os.getpid()}")
            yield FilePlace(url, open_objects(url, served_at=SERVED_AT))
        case _:
            async with cloudinary() as account:
                store = open_cloudinary(account.url, served_at=SERVED_AT)
                yield FilePlace(account.url, store, account=account)


async def bucket_url(bucket: str) -> str:
    """Return the address of a bucket, which is made if missing."""
    async with AsyncClient(base_url=s3_url()) as client:
        made = await client.put(f"/{bucket}")
    assert made.status_code in {200, 409}, made.text
    secret = BUCKET_SECRET.replace("/", "%2F").replace("+", "%2B")
    return f"s3://{BUCKET_KEY}:{secret}@{bucket}/avatars?endpoint={s3_url()}"
