"""Pictures of users: PATCH profile with a form, DELETE profile/avatar, the files."""

import asyncio

import pytest

from tests.blueprints.answers import invalid, refused, shown
from tests.blueprints.avatars import (
    avatar_of,
    files_of,
    form,
    path_of,
    send_picture,
    with_picture,
)
from tests.blueprints.fixtures import WITHOUT_STORES, ServiceWith, about
from tests.blueprints.harness import NAME, PASSWORD, Service, Transport
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.mailbox import token_in
from tests.pictures import MEDIA_TYPES, RED, opened, picture

WITHOUT_SESSIONS = True
EDGES = ("64", "256", "512")


@about(HYBRID, STATEFUL, STATELESS)
async def test_a_picture_is_shown_as_squares(service: Service) -> None:
    client = await service.signed_in()

    sent = shown(await send_picture(client))["user"]["avatar"]

    assert await avatar_of(client) == sent
    assert sent.keys() == {"url", "size", "sizes"}
    assert tuple(sent["sizes"]) == EDGES
    assert sent["url"] == sent["sizes"]["512"]
    for edge, url in sent["sizes"].items():
        answer = await service.client().get(path_of(url))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/webp"
        assert opened(answer.content).size == (int(edge), int(edge))
        if url == sent["url"]:
            assert len(answer.content) == sent["size"]


async def test_a_second_picture_replaces_the_first(service: Service) -> None:
    client = await with_picture(service)
    first = await avatar_of(client)
    assert first is not None

    second = shown(await send_picture(client))["user"]["avatar"]

    for url in first["sizes"].values():
        refused(await client.get(path_of(url)), 404, "not_found")
    assert (await client.get(path_of(second["url"]))).status_code == 200


@about(HYBRID, STATEFUL, STATELESS)
async def test_a_removed_picture_is_gone(service: Service) -> None:
    client = await with_picture(service)
    former = await avatar_of(client)
    assert former is not None

    assert shown(await client.delete("/profile/avatar"))["user"]["avatar"] is None

    assert await avatar_of(client) is None
    refused(await client.get(path_of(former["url"])), 404, "not_found")


async def test_removing_no_picture_is_no_error(service: Service) -> None:
    client = await service.signed_in()

    assert shown(await client.delete("/profile/avatar"))["user"]["avatar"] is None


async def test_a_name_and_a_picture_are_changed_together(service: Service) -> None:
    client = await service.signed_in()

    user = shown(await send_picture(client, name="Grace Hopper"))["user"]

    assert user["name"] == "Grace Hopper"
    assert user["avatar"] is not None


async def test_a_new_name_keeps_the_picture(service: Service) -> None:
    client = await with_picture(service)
    kept = await avatar_of(client)

    user = shown(await client.patch("/profile", json={"name": "Grace Hopper"}))["user"]

    assert user["avatar"] == kept


async def test_of_two_pictures_at_once_one_is_kept_whole(service: Service) -> None:
    client = await with_picture(service)
    before = set(files_of(service).kept)

    answers = await asyncio.gather(*(send_picture(client) for _ in range(4)))

    assert {answer.status_code for answer in answers} == {200}
    kept = await avatar_of(client)
    assert kept is not None
    names = {url.rpartition("/")[2] for url in kept["sizes"].values()}
    assert names <= files_of(service).kept.keys()
    assert len(set(files_of(service).kept) - before - names) == 0


@pytest.mark.attack("J6")
async def test_a_hard_deletion_removes_the_files(service: Service) -> None:
    client = await with_picture(service)
    kept = await avatar_of(client)
    assert kept is not None
    body = {"password": PASSWORD, "type": "hard"}
    shown(await client.post("/account/request-delete", json=body), 202)
    token = token_in(await service.mail_to(client.user.email, "give up"))

    shown(await client.send_json("DELETE", "/account/delete", token=token))

    for url in kept["sizes"].values():
        refused(await service.client().get(path_of(url)), 404, "not_found")


@WITHOUT_STORES
@pytest.mark.parametrize("kind", MEDIA_TYPES)
async def test_every_documented_type_is_taken(service: Service, kind: str) -> None:
    client = await service.signed_in()

    answer = await send_picture(client, picture(kind), media_type=MEDIA_TYPES[kind])

    shown(answer)


@WITHOUT_STORES
@pytest.mark.parametrize("transport", ["cookie", "bearer"])
async def test_a_picture_travels_like_every_request(
    service: Service, transport: Transport
) -> None:
    client = await service.signed_in(transport=transport)

    shown(await send_picture(client))


@WITHOUT_STORES
async def test_a_form_may_hold_a_name_alone(service: Service) -> None:
    client = await service.signed_in()
    body = form('form-data; name="name"', content="Grëce Hopper".encode())

    user = shown(await client.patch("/profile", **body))["user"]

    assert (user["name"], user["avatar"]) == ("Grëce Hopper", None)


@WITHOUT_STORES
async def test_a_file_that_was_not_chosen_is_none(service: Service) -> None:
    client = await service.signed_in()
    body = form('form-data; name="avatar"; filename=""')

    user = shown(await client.patch("/profile", **body))["user"]

    assert (user["name"], user["avatar"]) == (NAME, None)


@WITHOUT_STORES
@pytest.mark.parametrize(
    ("disposition", "member"),
    [
        ('form-data; name="avatar"', "avatar"),
        ('form-data; name="name"; filename="x"', "name"),
        ('form-data; name="role"', "role"),
        ('form-data; name="role"; filename="x"', "role"),
        ('form-data; name=""', ""),
    ],
)
async def test_a_form_has_no_other_members(
    service: Service, disposition: str, member: str
) -> None:
    client = await service.signed_in()

    answer = await client.patch("/profile", **form(disposition, content=b"Admin"))

    invalid(answer, member)


@WITHOUT_STORES
@pytest.mark.parametrize("name", ["Al", "a" * 51, "   ", "A\nB"])
async def test_a_name_in_a_form_is_held_to_the_same_rules(
    service: Service, name: str
) -> None:
    client = await service.signed_in()

    invalid(await send_picture(client, name=name), "name")

    assert await avatar_of(client) is None


@WITHOUT_STORES
async def test_json_holds_no_picture(service: Service) -> None:
    client = await service.signed_in()

    invalid(await client.patch("/profile", json={"avatar": "https://x"}), "avatar")
    invalid(await client.patch("/profile", json={"avatar": None}), "avatar")


@WITHOUT_STORES
@pytest.mark.parametrize(
    "parts",
    [
        ('form-data; name="name"', 'form-data; name="name"'),
        ('form-data; name="avatar"; filename="a"',) * 2,
        ('form-data; name="avatar"; filename="a"', 'form-data; name="avatar"'),
        ("form-data",),
        ('form-data; name="x"',) * 9,
    ],
    ids=range(5),
)
async def test_a_form_that_repeats_itself_is_malformed(
    service: Service, parts: tuple[str, ...]
) -> None:
    client = await service.signed_in()

    answer = await client.patch("/profile", **form(*parts, content=b"Ada"))

    refused(answer, 400, "malformed_form")


@WITHOUT_STORES
async def test_a_text_that_is_no_utf_8_is_malformed(service: Service) -> None:
    client = await service.signed_in()
    body = form('form-data; name="name"', content=b"Gr\xe4ce Hopper")

    refused(await client.patch("/profile", **body), 400, "malformed_form")


@WITHOUT_STORES
async def test_only_a_change_of_the_profile_takes_a_form(service: Service) -> None:
    client = await service.signed_in()
    body = form('form-data; name="avatar"; filename="x"')

    answer = await client.request("DELETE", "/profile/avatar", **body)

    refused(answer, 415, "unsupported_media_type")


@WITHOUT_STORES
async def test_a_picture_is_for_every_page_and_kept_for_ever(service: Service) -> None:
    kept = await avatar_of(await with_picture(service))
    assert kept is not None

    answer = await service.client().get(path_of(kept["url"]))

    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "immutable" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers


@WITHOUT_STORES
async def test_a_store_that_is_down_changes_nothing(service_with: ServiceWith) -> None:
    service = await service_with(log_level="info")
    client = await with_picture(service)
    before = await avatar_of(client)
    files = files_of(service)
    files.is_broken = lambda act: not act.startswith("read")
    try:
        answers = [await send_picture(client), await client.delete("/profile/avatar")]
    finally:
        files.is_broken = lambda _: False

    for answer in answers:
        refused(answer, 503, "store_unavailable")
    assert await avatar_of(client) == before


@WITHOUT_STORES
async def test_operators_see_a_store_of_pictures_that_is_down(
    service_with: ServiceWith,
) -> None:
    service = await service_with(log_level="info")
    files = files_of(service)
    files.is_broken = lambda act: act.startswith("check")
    try:
        answer = await service.client().get(service.root("/api/v1/health/detailed"))
        ready = await service.client().get(service.root("/api/v1/health"))
    finally:
        files.is_broken = lambda _: False

    health = shown(answer)
    assert (health["status"], health["parts"]["files"]["status"]) == (
        "degraded",
        "down",
    )
    assert ready.status_code == 200


@WITHOUT_STORES
async def test_a_picture_may_be_as_large_as_is_said_and_no_larger(
    service_with: ServiceWith,
) -> None:
    service = await service_with(avatar_max_bytes=65_536)
    client = await service.signed_in()
    filler = picture("JPEG", colour=RED)
    fits = filler + bytes(65_536 - len(filler))

    shown(await send_picture(client, fits, media_type="image/jpeg"))
    larger = await send_picture(client, fits + b"\0", media_type="image/jpeg")

    refused(larger, 413, "body_too_large")


@WITHOUT_STORES
@pytest.mark.asvs("V5.2.4")
@pytest.mark.attack("J3")
async def test_a_user_sends_ten_pictures_in_a_quarter_of_an_hour(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    client, other = await service.signed_in(), await service.signed_in()

    answers = [await send_picture(client) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    refused(answers[-1], 429, "rate_limited")
    shown(await send_picture(other))
    shown(await client.patch("/profile", json={"name": "Grace Hopper"}))
