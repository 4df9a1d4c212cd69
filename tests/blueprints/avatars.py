"""Sending and fetching pictures."""

from typing import Any

from httpx2 import Response

from keywright.features.avatars.service import UserPictures
from tests.blueprints.forms import data_of
from tests.blueprints.harness import BASE, Client, Service
from tests.files import Files
from tests.pictures import picture


async def send_picture(
    client: Client,
    content: bytes | None = None,
    *,
    media_type: str = "image/png",
    filename: str = "me.png",
    **texts: str,
) -> Response:
    """Send a form with a picture, a plain one unless *content* is given."""
    if content is None:
        content = picture()
    files = {"avatar": (filename, content, media_type)}
    return await client.patch("/profile", files=files, data=texts)


async def with_picture(service: Service, **options: Any) -> Client:  # noqa: ANN401 - those of `client`
    """Return a client whose user has a picture."""
    client = await service.signed_in(**options)
    assert (await send_picture(client)).status_code == 200
    return client


async def avatar_of(client: Client) -> dict[str, Any] | None:
    """Return the avatar as the profile shows it."""
    shown = data_of(await client.get("/profile"))["user"]["avatar"]
    assert shown is None or isinstance(shown, dict)
    return shown


def files_of(service: Service) -> Files:
    """Return the file store of *service*, which is the tests' own."""
    files = service.built.get(UserPictures).files
    assert isinstance(files, Files)
    return files


def form(*parts: str, content: bytes = b"") -> dict[str, Any]:
    """Return the body and the header of a form; *parts* are dispositions."""
    lines = [
        f"--x\r\nContent-Disposition: {part}\r\n\r\n".encode() + content + b"\r\n"
        for part in parts
    ]
    headers = {"content-type": "multipart/form-data; boundary=x"}
    return {"content": b"".join([*lines, b"--x--\r\n"]), "headers": headers}


def path_of(url: str) -> str:
    """Return the path below the base of an address of ours."""
    return url.partition(BASE)[2]
