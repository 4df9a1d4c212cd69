"""The slot takes the file store that the address names."""

from types import ModuleType

import pytest

from keywright.senders import (
    file_store_cloudinary,
    file_store_local,
    file_store_objects,
)
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


ADDRESSES = {
    "local": "file:avatars",
    "objects": "s3://key:s3cret@bucket",
    "cloudinary": "cloudinary://key:s3cret@cloud",
}


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(
    "module", [file_store_local, file_store_objects, file_store_cloudinary]
)
def test_a_store_takes_no_address_of_another(module: ModuleType, name: str) -> None:
    if module.__name__.endswith(f"_{name}"):
        module.open_file_store(ADDRESSES[name], served_at="")
        return

    with pytest.raises(SettingsInvalid) as refused:
        module.open_file_store(ADDRESSES[name], served_at="")

    assert refused.value.problems.keys() == {"AUTH_FILES_URL"}
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["", "ftp://x", "/var/avatars", "http://x"])
def test_an_unknown_scheme_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="AUTH_FILES_URL"):
        open_file_store(url, served_at="https://x.example")
