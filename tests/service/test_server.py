import asyncio

import httpx2
import pytest

from tests.service.builders import drained, served


async def test_requests_are_answered_until_the_end() -> None:
    async with served() as port, httpx2.AsyncClient() as client:
        answered = await client.post(f"http://127.0.0.1:{port}/", content=b"four")

    assert answered.text == "4"
    assert "server" not in answered.headers


async def test_a_request_under_way_is_finished_when_the_server_leaves() -> None:
    async with drained() as (port, leave), httpx2.AsyncClient() as client:
        request = asyncio.create_task(client.get(f"http://127.0.0.1:{port}/slow"))
        await asyncio.sleep(0.2)
        await leave()

    assert (await request).status_code == 200


async def test_nobody_is_let_in_when_the_server_leaves() -> None:
    async with drained() as (port, leave), httpx2.AsyncClient() as client:
        await leave()
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")
