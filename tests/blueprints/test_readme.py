"""What the README shows works as it stands there."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from tests.blueprints.harness import BASE, ORIGIN, PASSWORD, SECRET
from tests.blueprints.servers import free_port, ready, without_settings
from tests.blueprints.storages import make_tables

README = Path(__file__).parents[2] / "README.md"
STATUSES = [202, 201, 200, 200, 200, 200, 200]


def block(language: str, containing: str) -> str:
    """Return the one block of the README with this text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    (found,) = [one for one in blocks if containing in one]
    return str(found)


@pytest.fixture
async def served_by_command(tmp_path: Path) -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).parent / "keywright"), "serve", "--port", str(port)),
        cwd=tmp_path,
        env=without_settings(),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        await ready(origin)
        yield origin
    finally:
        process.terminate()
        await process.wait()


async def test_the_transcript_answers_as_shown(
    served_by_command: str, tmp_path: Path
) -> None:
    script = block("sh", "curl").replace(ORIGIN, served_by_command)
    process = await asyncio.create_subprocess_exec(
        *("sh", "-e", "-c", script), cwd=tmp_path, stdout=PIPE, stderr=PIPE
    )
    shown, complaints = await process.communicate()
    assert not complaints, complaints.decode()
    answers = [json.loads(line) for line in shown.decode().splitlines() if line]
    assert [answer["statusCode"] for answer in answers] == STATUSES


async def test_the_embedded_router_serves_the_hosts_routes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'embedded.db'}"
    await make_tables(url)
    monkeypatch.setenv("AUTH_DATABASE_URL", url)
    monkeypatch.setenv("AUTH_SECRET", SECRET)
    names: dict[str, object] = {}
    exec(block("python", "include_router"), names)  # noqa: S102 - our own README
    app = names["app"]
    assert isinstance(app, FastAPI)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app=app), base_url=ORIGIN) as client,
    ):
        assert (await client.get("/orders")).status_code == 401
        body = {"email": "nobody@mail.example", "password": PASSWORD}
        assert (await client.post(f"{BASE}/signin", json=body)).status_code == 401
