"""What the README shows works as it stands there."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import AsyncClient, TransportError

from tests.blueprints.harness import BASE, ORIGIN, sign_up_body, some_email
from tests.blueprints.servers import (
    STARTS_WITHIN,
    free_port,
    ready,
    without_settings,
)

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


async def run(script: str, folder: Path) -> str:
    """Run *script* there as a shell with our commands does, and return what it says."""
    commands = Path(sys.executable).parent
    process = await asyncio.create_subprocess_exec(
        *("sh", "-e", "-c", script),
        cwd=folder,
        env=without_settings() | {"PATH": f"{commands}:{os.environ['PATH']}"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


async def test_the_embedding_application_runs_by_the_lines_below_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.py").write_text(block("python", "include_router"))
    port = free_port()
    lines = block("sh", "uvicorn app:app").replace(":8000", f":{port}").splitlines()
    pip, *commands, serve = lines
    assert pip == "pip install keywright"
    await run("\n".join(commands), tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *serve.split(), "--port", str(port)),
        cwd=tmp_path,
        env=without_settings(),
        stdout=DEVNULL,
        stderr=DEVNULL,
    )
    origin = f"http://127.0.0.1:{port}"
    try:
        async with AsyncClient(base_url=origin, headers={"Origin": origin}) as client:
            await opened(client)
            assert (await client.get("/orders")).status_code == 401
            answer = await client.post(
                f"{BASE}/signup", json=sign_up_body(some_email())
            )
            assert answer.status_code == 202
    finally:
        process.terminate()
        await process.wait()


async def opened(client: AsyncClient) -> None:
    """Return once somebody answers."""
    async with asyncio.timeout(STARTS_WITHIN):
        while True:
            try:
                await client.get("/orders")
            except TransportError:
                await asyncio.sleep(0.1)
            else:
                return


def test_the_page_on_embedding_shows_the_same_lines() -> None:
    page = Path("docs/embedding.md").read_text("utf-8")
    assert block("sh", "uvicorn app:app") in page
