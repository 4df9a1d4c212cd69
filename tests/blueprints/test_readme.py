"""What the README shows works as it stands there."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


PAGES = {
    "stateful-auth": "http://127.0.0.1:9000",
    "stateless-auth": "http://127.0.0.1:9000",
    "auth-service": "http://127.0.0.1:5501",
    "backend-starter": "http://127.0.0.1:4000",
}
"""The blueprints whose pages have a block to paste, and where they are served."""


def block(language: str, containing: str, page: Path = README) -> str:
    """Return the one block of *page* with this text."""
    text = page.read_text("utf-8")
    blocks = re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    (found,) = [one for one in blocks if containing in one]
    return str(found)


@asynccontextmanager
async def served_by_command(folder: Path, *options: str) -> AsyncIterator[str]:
    """Run `keywright serve` in *folder* and yield its origin."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).parent / "keywright"), "serve", *options),
        *("--port", str(port)),
        cwd=folder,
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


async def test_the_transcript_answers_as_shown(tmp_path: Path) -> None:
    async with served_by_command(tmp_path) as origin:
        shown = await run(block("sh", "curl").replace(ORIGIN, origin), tmp_path)
    answers = [json.loads(line) for line in shown.splitlines() if line]
    assert [answer["statusCode"] for answer in answers] == STATUSES


@pytest.mark.parametrize("blueprint", PAGES)
async def test_the_block_of_a_blueprints_page_is_answered_without_a_refusal(
    blueprint: str, tmp_path: Path
) -> None:
    page = Path(f"docs/blueprints/{blueprint}.md")
    script = block("sh", "api=http", page)
    async with served_by_command(tmp_path, "--blueprint", blueprint) as origin:
        shown = await run(script.replace(PAGES[blueprint], origin), tmp_path)
    assert shown.count("{") > 2
    refusals = re.findall(r'"(?:code|errors)":|"success":false', shown)
    assert refusals == [], shown


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
