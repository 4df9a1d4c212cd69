"""What people do to reset a password."""

import pytest

from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TokenNotValid,
)
from keywright.features.challenges.service import Opened
from tests.features.world import (
    ADDRESS,
    CLIENT,
    OTHER_PASSWORD,
    World,
)

NOBODY = "nobody@example.com"


async def start(
    world: World,
    email: str = ADDRESS,
    *,
    client: str = CLIENT,
    cookie: str | None = None,
) -> Opened:
    """Ask for a code."""
    return await world.reset.start(email, client=client, device_cookie=cookie)


async def verify(
    world: World, opened: Opened, code: str, *, email: str = ADDRESS
) -> Opened:
    """Exchange *code* for a token."""
    return await world.reset.verify(email=email, code=code, flow_id=opened.flow_id)


async def token_for(world: World, *, client: str = CLIENT) -> str:
    """Return a token that sets a password."""
    opened = await start(world, client=client)
    return (await verify(world, opened, world.code())).secret


async def refusal(world: World, opened: Opened, code: str) -> str:
    """Return the code of the refusal of *code*."""
    with pytest.raises((CodeInvalid, ProofInUse)) as error:
        await verify(world, opened, code)
    return error.value.code


async def refused(world: World, token: str, password: str = OTHER_PASSWORD) -> None:
    """Use *token* and be refused."""
    with pytest.raises(TokenNotValid):
        await world.reset.complete(token, password)
