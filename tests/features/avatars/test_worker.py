"""Files that are nobody's are removed, and no others."""

import pytest

from keywright.features.avatars.worker import BATCH, FileSweep
from keywright.shared.errors import StoreUnavailable
from keywright.shared.secrets import new_id
from tests.features.users.builders import avatar, user
from tests.features.world import World
from tests.files import Files

EDGES = (64, 256, 512)


def names_of(key: str) -> list[str]:
    return [f"{key}-{edge}.webp" for edge in EDGES]


def filled(*keys: str) -> Files:
    files = Files()
    files.kept = dict.fromkeys((name for key in keys for name in names_of(key)), b"x")
    return files


def sweep(world: World, files: Files) -> FileSweep:
    return FileSweep(world.users, files, world.clock)


async def test_only_what_is_nobodys_is_removed() -> None:
    world, hers, nobodys = World(), new_id().hex, new_id().hex
    await world.users.add(user(avatar=avatar(key=hers)))
    files = filled(hers, nobodys)

    assert await sweep(world, files).run() == len(EDGES)
    assert sorted(files.kept) == sorted(names_of(hers))


async def test_what_is_no_picture_of_ours_stays() -> None:
    files = Files()
    files.kept = {"logo.png": b"x", "0a-64.webp": b"x"}

    assert await sweep(World(), files).run() == 0
    assert len(files.kept) == 2


async def test_many_are_removed_batch_by_batch() -> None:
    keys = [new_id().hex for _ in range(BATCH)]
    files = filled(*keys)

    assert await sweep(World(), files).run() == BATCH * len(EDGES)
    assert files.kept == {}


async def test_a_store_that_does_not_answer_is_said_so() -> None:
    files = filled(new_id().hex)
    files.is_broken = lambda act: act.startswith("delete")

    with pytest.raises(StoreUnavailable):
        await sweep(World(), files).run()
