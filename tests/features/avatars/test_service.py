"""Pictures of users: files first, then the record, then the former files."""

import asyncio
from dataclasses import replace

import pytest

from keywright.features.avatars.errors import PictureNotSupported
from keywright.features.avatars.service import TRIES
from keywright.features.avatars.types import ProfileChange, Upload
from keywright.features.users.types import Avatar, User, UserChanges
from keywright.shared.errors import Busy, NotSignedIn, StoreUnavailable
from tests.features.avatars.gallery import Gallery
from tests.features.steps import Crashed, crash
from tests.features.users.builders import user as some_user
from tests.pictures import BLUE, GREEN, opened, picture

EDGES = (64, 256, 512)
NAME = "Augusta Ada King"


def upload(colour: tuple[int, ...] = BLUE) -> ProfileChange:
    return ProfileChange(picture=Upload(picture(colour=colour), "image/png"))


def names_of(user: User) -> set[str]:
    """Return the files that the record of *user* speaks of."""
    return (
        {f"{user.avatar.key}-{edge}.webp" for edge in EDGES} if user.avatar else set()
    )


async def with_picture(world: Gallery) -> User:
    """Add a user with a picture."""
    user = await world.pictures.change(await world.add_user(), upload(GREEN))
    world.events.clear()
    return user


async def stored(world: Gallery, user: User) -> User:
    found = await world.users.by_id(user.id)
    assert found is not None
    return found


async def test_a_change_of_the_name_alone_asks_no_store_of_files() -> None:
    world = Gallery()
    user = await world.add_user()

    changed = await world.pictures.change(user, ProfileChange(name="Augusta King"))

    assert (changed.name, changed.avatar) == ("Augusta King", None)
    assert world.files.asked == []


async def test_a_picture_becomes_squares_that_the_record_names() -> None:
    world = Gallery()
    user = await world.add_user()

    changed = await world.pictures.change(user, upload())

    assert changed.avatar is not None
    assert world.files.kept.keys() == names_of(changed)
    for edge in EDGES:
        square = opened(world.files.kept[f"{changed.avatar.key}-{edge}.webp"])
        assert square.size == (edge, edge)
    largest = f"{changed.avatar.key}-512.webp"
    assert changed.avatar.url == world.files.url(largest)
    assert changed.avatar.size == len(world.files.kept[largest])
    assert await stored(world, user) == changed
    assert world.happened() == ["ProfileChanged"]


async def test_a_name_and_a_picture_are_one_step() -> None:
    world = Gallery()
    user = await world.add_user()
    world.steps.forget()

    changed = await world.pictures.change(user, replace(upload(), name=NAME))

    assert (changed.name, changed.avatar is None) == (NAME, False)
    assert world.steps.taken == ["users.exchange_avatar"]


async def test_the_files_of_a_picture_go_once_the_next_is_recorded() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.files.asked.clear()

    changed = await world.pictures.change(user, upload())

    assert world.files.kept.keys() == names_of(changed)
    assert [act.split()[0] for act in world.files.asked] == ["put"] * 3 + ["delete"] * 3


async def test_what_is_no_picture_changes_nothing() -> None:
    world = Gallery()
    user = await with_picture(world)
    before = dict(world.files.kept)
    change = ProfileChange("Grace", Upload(b"<html>", "image/png"))

    with pytest.raises(PictureNotSupported):
        await world.pictures.change(user, change)

    assert await stored(world, user) == user
    assert world.files.kept == before


async def test_a_store_that_takes_only_a_part_keeps_nothing() -> None:
    world = Gallery()
    user = await world.add_user()
    world.files.is_broken = lambda act: act.startswith("put") and "-512" in act

    with pytest.raises(StoreUnavailable):
        await world.pictures.change(user, upload())

    assert world.files.kept == {}
    assert await stored(world, user) == user


async def test_a_store_that_is_down_changes_nothing_though_files_stay(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = Gallery()
    user = await world.add_user()
    world.files.is_broken = lambda act: "-512" in act or act.startswith("delete")

    with pytest.raises(StoreUnavailable):
        await world.pictures.change(user, upload())

    assert await stored(world, user) == user
    assert [record.message for record in caplog.records] == ["files_left_behind"]


async def test_a_crash_before_recording_leaves_the_former_picture() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.steps.before("users.exchange_avatar", crash)

    with pytest.raises(Crashed):
        await world.pictures.change(user, upload())

    kept = await stored(world, user)
    assert kept == user
    assert names_of(kept) < world.files.kept.keys()


async def test_a_crash_after_recording_leaves_the_new_picture() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.steps.after("users.exchange_avatar", crash)

    with pytest.raises(Crashed):
        await world.pictures.change(user, upload())

    kept = await stored(world, user)
    assert kept.avatar != user.avatar
    assert names_of(kept) < world.files.kept.keys()


async def test_a_record_that_may_have_been_written_keeps_its_files() -> None:
    world = Gallery()
    user = await with_picture(world)

    async def lost() -> None:
        raise StoreUnavailable

    world.steps.after("users.exchange_avatar", lost)

    with pytest.raises(StoreUnavailable):
        await world.pictures.change(user, upload())

    assert names_of(await stored(world, user)) < world.files.kept.keys()


async def test_of_many_uploads_at_once_one_is_recorded_and_no_file_stays() -> None:
    world = Gallery()
    user = await with_picture(world)
    colours = [(40 * number, 0, 0) for number in range(4)]

    await asyncio.gather(
        *(world.pictures.change(user, upload(colour)) for colour in colours)
    )

    assert world.files.kept.keys() == names_of(await stored(world, user))


async def test_an_upload_meets_a_picture_recorded_meanwhile() -> None:
    world = Gallery()
    user = await world.add_user()

    async def other() -> None:
        await world.pictures.change(user, upload(GREEN))

    world.steps.before("users.exchange_avatar", other)

    changed = await world.pictures.change(user, upload())

    assert await stored(world, user) == changed
    assert world.files.kept.keys() == names_of(changed)


async def test_a_picture_for_a_closed_account_is_dropped() -> None:
    world = Gallery()
    user = await world.add_user()

    async def close() -> None:
        await world.deletion.remove(user)

    world.steps.before("users.exchange_avatar", close)

    with pytest.raises(NotSignedIn):
        await world.pictures.change(user, upload())

    assert world.files.kept == {}


async def test_a_picture_from_an_ended_session_is_dropped() -> None:
    world = Gallery()
    user = await world.add_user()

    async def new_password() -> None:
        await world.users.replace_password(
            user.id, "hash", epoch=user.epoch, now=world.now, letter=None
        )

    world.steps.before("users.exchange_avatar", new_password)

    with pytest.raises(NotSignedIn):
        await world.pictures.change(user, upload())

    assert world.files.kept == {}
    assert (await stored(world, user)).avatar is None


async def test_who_loses_every_time_is_told_to_come_again() -> None:
    world = Gallery()
    user = await world.add_user()
    number = 0

    async def other() -> None:
        nonlocal number
        number += 1
        avatar = Avatar(f"{number}", "https://x.example", 1)
        changes = UserChanges(avatar=avatar)
        await world.users.update(user.id, changes, now=world.now)

    for _ in range(TRIES):
        world.steps.before("users.exchange_avatar", other)

    with pytest.raises(Busy):
        await world.pictures.change(user, upload())

    assert number == TRIES
    assert world.files.kept == {}


async def test_a_removed_picture_leaves_neither_record_nor_files() -> None:
    world = Gallery()
    user = await with_picture(world)

    changed = await world.pictures.remove_avatar(user)

    assert changed.avatar is None
    assert await stored(world, user) == changed
    assert world.files.kept == {}
    assert world.happened() == ["ProfileChanged"]


async def test_without_a_picture_nothing_is_removed() -> None:
    world = Gallery()
    user = await world.add_user()

    assert await world.pictures.remove_avatar(user) == user

    assert world.files.asked == []
    assert world.happened() == []


async def test_of_two_removals_the_second_finds_nothing() -> None:
    world = Gallery()
    user = await with_picture(world)
    await world.pictures.remove_avatar(user)
    world.files.asked.clear()

    assert (await world.pictures.remove_avatar(user)).avatar is None

    assert world.files.asked == []


async def test_a_picture_whose_files_cannot_go_is_put_back() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.files.is_broken = lambda act: act.startswith("delete")

    with pytest.raises(StoreUnavailable):
        await world.pictures.remove_avatar(user)

    assert (await stored(world, user)).avatar == user.avatar
    assert world.happened() == []


async def test_a_picture_recorded_meanwhile_is_not_undone_by_putting_back() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.files.is_broken = lambda act: act.startswith("delete")

    async def other() -> None:
        await world.pictures.change(user, upload())

    world.steps.after("users.exchange_avatar", other)

    with pytest.raises(StoreUnavailable):
        await world.pictures.remove_avatar(user)

    kept = await stored(world, user)
    assert kept.avatar not in {None, user.avatar}
    assert names_of(kept) < world.files.kept.keys()


@pytest.mark.attack("J6")
async def test_the_files_of_a_removed_account_are_gone() -> None:
    world = Gallery()
    user = await with_picture(world)

    assert await world.deletion.remove(user)

    assert await world.users.by_id(user.id) is None
    assert world.files.kept == {}


@pytest.mark.attack("J6")
async def test_an_account_is_not_removed_before_its_files() -> None:
    world = Gallery()
    user = await with_picture(world)
    world.files.is_broken = lambda act: act.startswith("delete")

    with pytest.raises(StoreUnavailable):
        await world.deletion.remove(user)
    world.files.is_broken = lambda _: False
    await world.purge.run_once()

    assert await world.users.by_id(user.id) is None
    assert world.files.kept == {}


async def test_an_account_without_a_picture_has_no_files_to_remove() -> None:
    world = Gallery()

    await world.pictures.forget(await world.add_user())
    await world.pictures.forget(some_user())

    assert world.files.asked == []
