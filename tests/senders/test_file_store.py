"""The slot takes the file store that the address names."""

import pytest

from keywright.senders.file_store import open_file_store
from keywright.senders.file_store_cloudinary import CloudinaryFiles
from keywright.senders.file_store_local import LocalFiles
from keywright.senders.file_store_objects import ObjectFiles
from keywright.shared.settings import SettingsInvalid


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("file:avatars", LocalFiles),
        ("s3://bucket", ObjectFiles),
        ("cloudinary://key:secret@cloud", CloudinaryFiles),
        ("CLOUDINARY://key:secret@cloud", CloudinaryFiles),
    ],
)
def test_the_scheme_chooses(url: str, kind: type) -> None:
    assert isinstance(open_file_store(url, served_at="https://x.example"), kind)


@pytest.mark.parametrize("url", ["", "ftp://x", "/var/avatars", "http://x"])
def test_an_unknown_scheme_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_FILES_URL"):
        open_file_store(url, served_at="https://x.example")
