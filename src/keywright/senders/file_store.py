"""The file store: this slot chooses by the scheme of the address that is set."""

from importlib.util import find_spec

from keywright.senders.files import FileStore
from keywright.shared.settings import SettingsInvalid

__all__ = ["open_file_store"]


def open_file_store(url: str, *, served_at: str) -> FileStore:
    """Return the store that *url* names; *served_at* is where we serve files ourselves.

    Nothing is connected before the first file. Raises `SettingsInvalid`.
    """
    match url.partition(":")[0].lower():
        case "file":
            from keywright.senders.file_store_local import open_file_store as chosen
        case "s3":
            if find_spec("obstore") is None:
                expected = "an S3 address needs the package obstore. Install it."
                raise SettingsInvalid({"AUTH_FILES_URL": expected})
            from keywright.senders.file_store_objects import open_file_store as chosen
        case "cloudinary":
            from keywright.senders.file_store_cloudinary import (
                open_file_store as chosen,
            )
        case _:
            expected = "file:DIR, s3://bucket?… or cloudinary://key:secret@cloud"
            raise SettingsInvalid({"AUTH_FILES_URL": expected})
    return chosen(url, served_at=served_at)
