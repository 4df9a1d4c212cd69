"""Flows that are proved by a token of 256 random bits."""

import pytest

from keywright.features.challenges.errors import (
    TokenNotValid,
)
from keywright.features.challenges.types import Purpose
from keywright.shared.secrets import from_text, new_id, to_text
from tests.features.challenges.desk import VERIFY, Desk
from tests.instants import MILLISECOND, MINUTE, NOW


async def test_a_token_proves_its_flow() -> None:
    desk = Desk()
    opened = await desk.token()

    assert (await desk.prove_token(opened.secret)).id == opened.challenge.id


async def test_a_token_has_256_random_bits_after_its_flow() -> None:
    opened = await Desk().token()

    content = from_text(opened.secret)

    assert content[:16] == opened.challenge.id
    assert len(content) == 48
    assert content[16:] not in repr(opened.challenge).encode()


@pytest.mark.attack("D6")
async def test_a_token_is_good_for_its_purpose_only() -> None:
    desk = Desk()
    opened = await desk.token()

    for purpose in (Purpose.RESET_TOKEN, Purpose.REACTIVATION, VERIFY):
        with pytest.raises(TokenNotValid):
            await desk.flows.prove_token(opened.secret, purpose)


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 63, "A" * 64, "A" * 65])
async def test_a_made_up_token_proves_nothing(token: str) -> None:
    with pytest.raises(TokenNotValid):
        await Desk().prove_token(token)


async def test_the_flow_of_a_token_without_its_secret_proves_nothing() -> None:
    desk = Desk()
    opened = await desk.token()
    forged = to_text(opened.challenge.id + bytes(32))

    with pytest.raises(TokenNotValid):
        await desk.prove_token(forged)


@pytest.mark.attack("D10")
async def test_a_newer_token_replaces_the_older() -> None:
    desk = Desk()
    subject = new_id()
    older, newer = [await desk.token(subject=subject) for _ in range(2)]

    with pytest.raises(TokenNotValid):
        await desk.prove_token(older.secret)
    await desk.prove_token(newer.secret)


async def test_a_token_dies_with_its_lifetime() -> None:
    desk = Desk()
    opened = await desk.token()

    desk.now = NOW + 10 * MINUTE - MILLISECOND
    await desk.prove_token(opened.secret)
    desk.now = NOW + 10 * MINUTE

    with pytest.raises(TokenNotValid):
        await desk.prove_token(opened.secret)
