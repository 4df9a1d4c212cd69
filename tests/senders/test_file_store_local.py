"""Files in a folder: for the owner alone, whole or not at all."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keywright.senders.file_store_local import open_file_store
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import SettingsInvalid

KEY = "0123456789abcdef-64.webp"
FULL = """
import asyncio, json, resource, sys
from importlib import import_module

opened = import_module(sys.argv[3]).open_file_store
store = opened(sys.argv[1], served_at="https://auth.example/avatars")
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

async def put(content):
    try:
        await store.put(sys.argv[2], content, media_type="image/webp")
    except Exception as error:
        return type(error).__name__
    return "kept"

async def both():
    return [
        await put(b"new" * 10_000),
        (await store.read(sys.argv[2])).decode(),
        await put(b"small"),
    ]

print(json.dumps(asyncio.run(both())))
"""
"""Writes where no file may become larger than a thousand bytes."""
SERVED_AT = "https://auth.example/avatars"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(2100, 1, 1, tzinfo=UTC)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_file_and_its_folder_are_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "avatars"
    store = open_file_store(f"file:{folder}", served_at=SERVED_AT)

    await store.put(KEY, b"x", media_type="image/webp")

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600


async def test_nothing_but_the_file_is_left_in_the_folder(tmp_path: Path) -> None:
    store = open_file_store(f"file:{tmp_path}", served_at=SERVED_AT)
    puts = [store.put(KEY, bytes([n]), media_type="image/webp") for n in range(5)]

    await asyncio.gather(*puts)

    assert names_in(tmp_path) == [KEY]


def on_a_full_disk(folder: Path) -> list[str]:
    """Put a large file, read the key, put a small one; return what became of it."""
    module = open_file_store.__module__
    ended = subprocess.run(
        [sys.executable, "-c", FULL, f"file:{folder}", KEY, module],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    outcomes: list[str] = json.loads(ended.stdout)
    return outcomes


def test_of_a_file_for_which_there_is_no_room_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / KEY).write_text("former")

    assert on_a_full_disk(tmp_path) == ["StoreUnavailable", "former", "kept"]

    assert names_in(tmp_path) == [KEY]
    assert (tmp_path / KEY).read_bytes() == b"small"


async def test_we_serve_the_files_of_a_folder(tmp_path: Path) -> None:
    store = open_file_store(f"file:{tmp_path}", served_at=SERVED_AT)

    assert store.url(KEY) == f"{SERVED_AT}/{KEY}"


async def test_a_folder_that_cannot_be_is_a_store_that_is_down(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    store = open_file_store(f"file:{tmp_path}/taken/avatars", served_at=SERVED_AT)

    for act in (
        store.put(KEY, b"x", media_type="image/webp"),
        store.read(KEY),
        store.delete(KEY),
        store.check(),
    ):
        with pytest.raises(StoreUnavailable):
            await act


async def test_a_look_at_the_folder_does_not_make_it(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "later"
    store = open_file_store(f"file:{folder}", served_at=SERVED_AT)

    await store.check()

    assert names_in(tmp_path) == []


async def test_a_key_that_is_taken_by_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / KEY).mkdir()
    store = open_file_store(f"file:{tmp_path}", served_at=SERVED_AT)

    with pytest.raises(StoreUnavailable):
        await store.put(KEY, b"x", media_type="image/webp")

    assert names_in(tmp_path) == [KEY]


@pytest.mark.parametrize("url", ["file:{}", "file://{}", "file://localhost{}"])
async def test_a_folder_is_named_in_each_usual_way(tmp_path: Path, url: str) -> None:
    store = open_file_store(url.format(tmp_path / "a b"), served_at=SERVED_AT)

    await store.put(KEY, b"x", media_type="image/webp")

    assert (tmp_path / "a b" / KEY).read_bytes() == b"x"


@pytest.mark.parametrize("url", ["file:", "file://", "file://localhost"])
def test_an_address_without_a_folder_is_refused(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="file:DIR"):
        open_file_store(url, served_at=SERVED_AT)


async def test_only_what_was_put_as_a_file_is_named(tmp_path: Path) -> None:
    store = open_file_store(f"file:{tmp_path}", served_at=SERVED_AT)
    await store.put(KEY, b"x", media_type="image/webp")
    (tmp_path / "not a key").write_text("somebody else's")

    assert [name async for name in store.names(before=FAR_FUTURE)] == [KEY]


async def test_half_of_a_file_that_a_crash_left_is_removed(tmp_path: Path) -> None:
    store = open_file_store(f"file:{tmp_path}", served_at=SERVED_AT)
    (tmp_path / ".0123456789abcdef.part").write_text("half")

    assert [name async for name in store.names(before=LONG_AGO)] == []
    assert names_in(tmp_path) == [".0123456789abcdef.part"]
    assert [name async for name in store.names(before=FAR_FUTURE)] == []
    assert names_in(tmp_path) == []


async def test_a_folder_that_was_never_made_has_no_names(tmp_path: Path) -> None:
    store = open_file_store(f"file:{tmp_path}/later", served_at=SERVED_AT)

    assert [name async for name in store.names(before=FAR_FUTURE)] == []
