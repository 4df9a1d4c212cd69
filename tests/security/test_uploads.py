"""Pictures that are none, and what must not come of them (J1 to J6), on every store."""

import resource
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
from httpx2 import AsyncClient

from tests.blueprints.answers import refused
from tests.blueprints.avatars import avatar_of, form, path_of, send_picture
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.forms import data_of
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.blueprints.mailbox import token_in
from tests.pictures import HTML, MEDIA_TYPES, REFUSED, exif, jpeg_with, opened, picture
from tests.security.live import live
from tests.senders.file_places import KINDS, FilePlace, file_place

MIB = 1024 * 1024
NOBODYS = f"{'0' * 32}-64.webp"
FILENAMES = (
    "../../x",
    "..\\..\\x",
    "/etc/passwd",
    "x\x00.png",
    "x.php",
    "x.html",
    "a" * 300,
    "CON",
    ".htaccess",
    "\u202egnp.exe",
)
TRICKS = (
    "",
    "/",
    "/..%2f..%2fsecret",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/....//x",
    "/%00",
    f"/{NOBODYS}",
    f"/{NOBODYS}%00.png",
    f"/{NOBODYS}/",
    f"/.{NOBODYS}",
    "/.git",
    "/x.php",
    "/..",
    "/C:%5cx",
)


@pytest.fixture(scope="module", params=KINDS)
async def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[FilePlace]:
    async with AsyncExitStack() as stack:
        folder = tmp_path_factory.mktemp("uploads") / "avatars"
        yield await stack.enter_async_context(file_place(request.param, folder))


@dataclass(frozen=True, slots=True)
class Gallery:
    """A service that keeps its pictures in *place*."""

    service: Service
    place: FilePlace

    async def fetched(self, url: str) -> tuple[int, bytes]:
        """Return status and content of a picture, from wherever it is served."""
        if url.startswith(self.service.origin):
            answer = await self.service.client().get(path_of(url))
        else:
            async with AsyncClient() as client:
                answer = await client.get(url)
        return answer.status_code, answer.content

    async def shown(self, client: Client) -> list[bytes]:
        """Return every square of the picture of *client*."""
        avatar = await avatar_of(client)
        assert avatar is not None
        found = [await self.fetched(url) for url in avatar["sizes"].values()]
        assert [status for status, _ in found] == [200] * 3
        return [content for _, content in found]


@pytest.fixture
async def gallery(service_with: ServiceWith, place: FilePlace) -> Gallery:
    return Gallery(await service_with(files_url=place.url), place)


@pytest.mark.attack("J1")
@pytest.mark.asvs("V5.2.2")
@pytest.mark.asvs("V5.2.6")
async def test_what_is_no_plain_picture_is_refused(gallery: Gallery) -> None:
    client = await gallery.service.signed_in()
    wrong = {}
    for name, (media_type, make) in REFUSED.items():
        answer = await send_picture(client, make(), media_type=media_type)
        if (answer.status_code, answer.json().get("code")) != (
            415,
            "picture_not_supported",
        ):
            wrong[name] = answer.text

    assert wrong == {}
    assert await avatar_of(client) is None


@pytest.mark.attack("J1")
@pytest.mark.asvs("V5.2.2")
@pytest.mark.parametrize("kind", MEDIA_TYPES)
async def test_no_byte_of_what_was_sent_is_kept(gallery: Gallery, kind: str) -> None:
    client = await gallery.service.signed_in()
    sent = picture(kind, size=(512, 512))

    await send_picture(client, sent, media_type=MEDIA_TYPES[kind])

    for kept in await gallery.shown(client):
        assert kept != sent
        assert opened(kept).format == "WEBP"


@pytest.mark.attack("J5")
@pytest.mark.asvs("V14.2.8")
async def test_nobody_learns_where_a_picture_was_taken(gallery: Gallery) -> None:
    client = await gallery.service.signed_in()
    sent = picture("JPEG", exif=exif(), comment=b"at home")
    assert opened(sent).getexif().get_ifd(0x8825)

    await send_picture(client, sent, media_type="image/jpeg")

    for kept in await gallery.shown(client):
        assert dict(opened(kept).getexif()) == {}
        assert not any(word in kept for word in (b"ACME", b"Ada", b"home", b"EXIF"))


@pytest.mark.attack("J2")
@pytest.mark.asvs("V5.3.1")
@pytest.mark.asvs("V5.3.2")
@pytest.mark.asvs("V5.4.1")
async def test_a_name_that_was_sent_is_nowhere(gallery: Gallery) -> None:
    client = await gallery.service.signed_in()
    for filename in FILENAMES:
        answer = await send_picture(client, filename=filename)
        assert answer.status_code == 200, filename
        assert await gallery.shown(client)
        avatar = await avatar_of(client)
        assert avatar is not None
        name = avatar["url"].rpartition("/")[2]
        assert len(name) == len(NOBODYS) + 1
        assert name.endswith("-512.webp")


@pytest.mark.attack("J6")
async def test_of_a_removed_account_no_picture_is_left(gallery: Gallery) -> None:
    service = gallery.service
    client = await service.signed_in()
    await send_picture(client)
    avatar = await avatar_of(client)
    assert avatar is not None
    body = {"password": PASSWORD, "type": "hard"}
    await client.post("/account/request-delete", json=body)
    token = token_in(await service.mail_to(client.user.email, "give up"))

    answer = await client.send_json("DELETE", "/account/delete", token=token)

    assert answer.status_code == 200
    for url in avatar["sizes"].values():
        assert (await gallery.fetched(url))[0] == 404


@pytest.mark.attack("I3")
async def test_a_picture_is_removed_by_its_owner_alone(gallery: Gallery) -> None:
    owner, other = [await gallery.service.signed_in() for _ in range(2)]
    await send_picture(owner)

    assert (await other.delete("/profile/avatar")).status_code == 200

    assert await gallery.shown(owner)


DOWN = {
    "local": "file:/dev/null/avatars",
    "objects": "s3://key:secret@bucket?endpoint=http://127.0.0.1:1",
    "cloudinary": "cloudinary://key:secret@cloud?api=http://127.0.0.1:1",
}


@pytest.mark.asvs("V16.5.3")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_store_that_is_down_is_said_and_nothing_is_changed(
    service_with: ServiceWith, kind: str
) -> None:
    service = await service_with(files_url=DOWN[kind])
    client = await service.signed_in()

    answer = await send_picture(client, name="Grace Hopper")

    refused(answer, 503, "store_unavailable")
    user = data_of(await client.get("/profile"))["user"]
    assert (user["name"], user["avatar"]) == (client.user.name, None)


@pytest.mark.attack("J3")
@pytest.mark.asvs("V5.2.1")
@pytest.mark.parametrize("announced", [True, False])
async def test_a_body_that_is_too_large_is_not_read_to_its_end(
    service: Service, *, announced: bool
) -> None:
    client, given = await service.signed_in(), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        yield form('form-data; name="avatar"; filename="x"')["content"][:-9]
        while given < 100 * MIB:
            given += MIB
            yield bytes(MIB)

    headers = {"content-type": "multipart/form-data; boundary=x"}
    if announced:
        headers["content-length"] = str(100 * MIB)
    answer = await client.patch("/profile", content=endless(), headers=headers)

    refused(answer, 413, "body_too_large")
    assert given <= (0 if announced else 6 * MIB)


@pytest.mark.attack("J4")
@pytest.mark.asvs("V5.2.1")
async def test_nothing_is_read_of_whom_nobody_knows(service: Service) -> None:
    ended, was_read = await service.signed_in(), False
    token = ended.cookies["accessToken"]
    await ended.post("/logout")

    async def body() -> AsyncIterator[bytes]:
        nonlocal was_read
        was_read = True
        yield form('form-data; name="avatar"; filename="x"')["content"]

    headers = {"content-type": "multipart/form-data; boundary=x"}
    for stranger, code in (
        (service.client(), "not_signed_in"),
        (service.client(authorization="Bearer x"), "not_signed_in"),
        (service.client(authorization=f"Bearer {token}"), "session_ended"),
    ):
        answer = await stranger.patch("/profile", content=body(), headers=headers)
        refused(answer, 401, code)
    forged = {**headers, "origin": "https://evil.example"}
    victim = await service.signed_in()
    answer = await victim.patch("/profile", content=body(), headers=forged)

    refused(answer, 403, "cross_site_request")
    assert not was_read


@pytest.mark.attack("J3")
@pytest.mark.asvs("V5.2.4")
async def test_nothing_is_read_of_whom_has_sent_too_many(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    client, was_read = await service.signed_in(), False
    for _ in range(10):
        await send_picture(client, b"no picture")

    async def body() -> AsyncIterator[bytes]:
        nonlocal was_read
        was_read = True
        yield b""

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = await client.patch("/profile", content=body(), headers=headers)

    refused(answer, 429, "rate_limited")
    assert not was_read


@pytest.mark.attack("H2")
async def test_a_compressed_form_is_refused(service: Service) -> None:
    client = await service.signed_in()
    body = form('form-data; name="name"', content=b"Grace Hopper")
    body["headers"]["content-encoding"] = "gzip"

    refused(await client.patch("/profile", **body), 415, "unsupported_media_type")


@pytest.mark.attack("H3")
@pytest.mark.parametrize(
    "content",
    [
        b"--x\r\n" + b"A: b\r\n" * 100_000,
        b"--x\r\nA: " + b"b" * 1_000_000,
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 50_000,
        b"junk" * 250_000 + b"\r\n--x--\r\n",
        b"\r\n" * 500_000,
        b"--x",
        b"",
    ],
    ids=range(7),
)
async def test_a_form_that_nobody_sends_is_refused(
    service: Service, content: bytes
) -> None:
    client = await service.signed_in()
    headers = {"content-type": "multipart/form-data; boundary=x"}

    answer = await client.patch("/profile", content=content, headers=headers)

    refused(answer, 400, "malformed_form")


@pytest.mark.attack("J1")
@pytest.mark.asvs("V5.2.6")
async def test_a_flood_of_pixels_takes_no_memory(service: Service) -> None:
    client = await service.signed_in()
    await send_picture(client)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("PNG of 50000 by 50000", "JPEG of 65535 by 65535"):
        media_type, make = REFUSED[name]
        answer = await send_picture(client, make(), media_type=media_type)
        refused(answer, 415, "picture_not_supported")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    assert (after - before) * 1024 < 64 * MIB


@pytest.mark.attack("J5")
@pytest.mark.asvs("V3.2.1")
@pytest.mark.asvs("V5.3.1")
@pytest.mark.asvs("V5.4.1")
@pytest.mark.asvs("V5.4.2")
async def test_a_picture_is_served_as_nothing_else(service: Service) -> None:
    client = await service.signed_in()
    await send_picture(client, jpeg_with(0xFE, b"harmless"), media_type="image/jpeg")
    avatar = await avatar_of(client)
    assert avatar is not None

    answer = await service.client().get(path_of(avatar["url"]))

    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'none'"} <= {*policy}
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'attachment; filename="picture"'
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert HTML not in answer.content


@pytest.mark.attack("J5")
@pytest.mark.asvs("V3.2.1")
@pytest.mark.parametrize("wanted", ["script", "style", "iframe", "object", "worker"])
async def test_a_picture_is_for_nothing_but_looking_at(
    service: Service, wanted: str
) -> None:
    client = await service.signed_in()
    await send_picture(client)
    avatar = await avatar_of(client)
    assert avatar is not None

    answer = await client.get(
        path_of(avatar["url"]), headers={"sec-fetch-dest": wanted}
    )

    refused(answer, 403, "not_allowed")


@pytest.mark.attack("J2")
@pytest.mark.asvs("V13.4.3")
@pytest.mark.asvs("V5.3.1")
@pytest.mark.parametrize("path", TRICKS)
async def test_no_path_leads_to_a_list_or_another_file(
    service: Service, path: str
) -> None:
    async with live(service) as url, AsyncClient(base_url=url) as wire:
        answer = await wire.get(f"/api/v1/auth/avatars{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.attack("H4")
async def test_ranges_of_a_picture_are_not_served(service: Service) -> None:
    client = await service.signed_in()
    await send_picture(client)
    avatar = await avatar_of(client)
    assert avatar is not None
    path = path_of(avatar["url"])
    whole = (await client.get(path)).content
    ranges = ",".join(f"{start}-" for start in range(80))

    for headers in (
        {"range": "bytes=0-1"},
        {"range": f"bytes={ranges}"},
        {"range": "bytes=-1", "if-range": '"x"'},
    ):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.content) == (200, whole)


@pytest.mark.attack("J6")
async def test_a_picture_is_never_fetched_from_an_address(service: Service) -> None:
    client = await service.signed_in()

    answers = [
        await client.patch("/profile", json={"avatar": "http://169.254.169.254/"}),
        await client.patch("/profile", data={"avatar": "http://127.0.0.1/"}, files={}),
        await client.patch(
            "/profile",
            **form('form-data; name="avatar"', content=b"http://127.0.0.1/"),
        ),
    ]

    assert [answer.status_code for answer in answers] == [422, 415, 422]
