"""A stand-in for Cloudinary that checks every signature, on a port of loopback."""

import asyncio
import hashlib
import socket
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLOUD, KEY, SECRET = "shop", "874837483274837", "a-key:of/Cloudinary?1"
UNSIGNED = {"file", "api_key", "signature", "cloud_name", "resource_type"}


@dataclass(slots=True)
class Cloudinary:
    """What the account holds, by public id; *mood* is how it answers."""

    images: dict[str, bytes] = field(default_factory=dict)
    mood: str = "well"
    refused: list[str] = field(default_factory=list)
    address: str = ""
    created_at: str = "2026-11-21T08:00:00Z"

    @property
    def url(self) -> str:
        """Return the address of the account as a setting."""
        secret = SECRET.replace(":", "%3A").replace("/", "%2F").replace("?", "%3F")
        options = f"api={self.address}&delivery={self.address}/delivery"
        return f"cloudinary://{KEY}:{secret}@{CLOUD}/avatars?{options}"

    async def upload(self, request: Request) -> Response:
        """Keep an image."""
        async with request.form() as form:
            problem = self._problem(form)
            if problem:
                return self._refuse(problem)
            file = form["file"]
            assert isinstance(file, UploadFile)
            public_id = str(form["public_id"])
            self.images[public_id] = await file.read()
        return JSONResponse({"public_id": public_id, "format": "webp"})

    async def destroy(self, request: Request) -> Response:
        """Remove an image."""
        async with request.form() as form:
            problem = self._problem(form)
            if problem:
                return self._refuse(problem)
            had = self.images.pop(str(form["public_id"]), None)
        return JSONResponse({"result": "not found" if had is None else "ok"})

    async def deliver(self, request: Request) -> Response:
        """Show an image to the world."""
        if self.mood != "well":
            return self._moody()
        name = request.path_params["name"].removesuffix(".webp")
        image = self.images.get(name)
        if image is None:
            return Response(status_code=404)
        return Response(image, media_type="image/webp")

    async def ping(self, request: Request) -> Response:
        """Answer who knows the secret."""
        sent = request.headers.get("authorization", "").removeprefix("Basic ")
        if self.mood != "well":
            return self._moody()
        if b64decode(sent).decode() != f"{KEY}:{SECRET}":
            return self._refuse("unknown api_key")
        return JSONResponse({"status": "ok"})

    async def resources(self, request: Request) -> Response:
        """List a page of images of a folder, two at most."""
        sent = request.headers.get("authorization", "").removeprefix("Basic ")
        if self.mood != "well":
            return self._moody()
        if b64decode(sent).decode() != f"{KEY}:{SECRET}":
            return self._refuse("unknown api_key")
        prefix = request.query_params.get("prefix", "")
        ids = sorted(one for one in self.images if one.startswith(prefix))
        after = request.query_params.get("next_cursor", "")
        page = [one for one in ids if one > after][:2]
        images = [
            {"public_id": one, "format": "webp", "created_at": self.created_at}
            for one in page
        ]
        more = {"next_cursor": page[-1]} if page and page[-1] != ids[-1] else {}
        return JSONResponse({"resources": images, **more})

    def _problem(self, form: FormData) -> str | None:
        if self.mood != "well":
            return self.mood
        signed = {name: form[name] for name in form if name not in UNSIGNED}
        text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
        expected = hashlib.sha256((text + SECRET).encode()).hexdigest()
        if form.get("api_key") != KEY:
            return "unknown api_key"
        if not compare_digest(str(form.get("signature")), expected):
            return "Invalid Signature"
        return None if "timestamp" in signed else "Missing timestamp"

    def _refuse(self, problem: str) -> Response:
        self.refused.append(problem)
        if self.mood != "well":
            return self._moody()
        return JSONResponse({"error": {"message": problem}}, 401)

    def _moody(self) -> Response:
        if self.mood == "redirects":
            return RedirectResponse(f"{self.address}/delivery/elsewhere")
        return Response("x" * 2_000_000, 200 if self.mood == "endless" else 500)


@asynccontextmanager
async def cloudinary() -> AsyncIterator[Cloudinary]:
    """Serve an empty account and yield it."""
    account = Cloudinary()
    base = f"/v1_1/{CLOUD}"
    delivery = f"/delivery/{CLOUD}/image/upload/{{name:path}}"
    app = Starlette(
        routes=[
            Route(f"{base}/image/upload", account.upload, methods=["POST"]),
            Route(f"{base}/image/destroy", account.destroy, methods=["POST"]),
            Route(f"{base}/ping", account.ping),
            Route(f"{base}/resources/image/upload", account.resources),
            Route(delivery, account.deliver),
        ]
    )
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    account.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listens.wait()
    try:
        yield account
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    def capture_signals(self) -> Any:  # noqa: ANN401 - a context manager
        """Leave the signals to the tests."""
        from contextlib import nullcontext

        return nullcontext()
