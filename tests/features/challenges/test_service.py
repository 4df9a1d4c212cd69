"""Flows are opened, proved, spent and finished."""

import asyncio
import string
from datetime import timedelta

import pytest

from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TooSoon,
)
from keywright.features.challenges.types import RESUME_AFTER, Challenge, Purpose
from keywright.shared.secrets import new_id, to_text
from tests.features.challenges.desk import (
    ADDRESS,
    KEY,
    VERIFY,
    Desk,
    always,
    never,
)
from tests.features.outbox.builders import letter
from tests.features.world import other_code
from tests.instants import MINUTE, NOW, SECOND


async def test_the_right_code_proves_the_flow() -> None:
    desk = Desk()
    opened = await desk.open()

    proved = await desk.prove(opened)

    assert proved.id == opened.challenge.id
    assert desk.flows.data_of(proved) == b"pending"


def test_a_code_has_six_digits() -> None:
    opened = Desk().flows.open_code(VERIFY, subject=None, address=ADDRESS)

    assert len(opened.secret) == 6
    assert set(opened.secret) <= set(string.digits)


@pytest.mark.attack("D17")
def test_what_is_stored_tells_neither_code_nor_data() -> None:
    opened = Desk().flows.open_code(
        VERIFY, subject=new_id(), address=ADDRESS, data=b"pending"
    )

    kept = repr(opened.challenge)

    assert opened.secret not in kept
    assert ADDRESS not in kept
    assert "pending" not in kept
    assert opened.secret not in repr(opened)


@pytest.mark.attack("D1")
async def test_after_five_wrong_codes_the_right_one_is_refused() -> None:
    desk = Desk()
    opened = await desk.open()
    for _ in range(5):
        with pytest.raises(CodeInvalid):
            await desk.prove(opened, other_code(opened.secret))

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


@pytest.mark.attack("D2")
async def test_of_many_codes_at_once_five_are_compared() -> None:
    desk = Desk()
    opened = await desk.open()
    compared = []

    async def count(challenge: Challenge) -> bool:
        compared.append(challenge)
        return True

    async def guess(number: int) -> bool:
        try:
            await desk.flows.prove_code(
                opened.flow_id,
                VERIFY,
                address=ADDRESS,
                code=f"{number:06d}",
                may_compare=count,
            )
        except CodeInvalid:
            return False
        return True

    await asyncio.gather(*(guess(number) for number in range(100)))

    assert len(compared) == 5


async def test_a_code_dies_with_its_lifetime() -> None:
    desk = Desk()
    opened = await desk.open()

    desk.now = NOW + 10 * MINUTE

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


@pytest.mark.attack("D5")
async def test_a_newer_code_of_the_same_purpose_replaces_the_older() -> None:
    desk = Desk()
    subject = new_id()
    older = await desk.open(subject=subject)
    newer = await desk.open(subject=subject)

    with pytest.raises(CodeInvalid):
        await desk.prove(older)
    await desk.prove(newer)


@pytest.mark.attack("D6")
@pytest.mark.parametrize("purpose", [each for each in Purpose if each is not VERIFY])
async def test_a_code_is_good_for_its_purpose_only(purpose: Purpose) -> None:
    desk = Desk()
    opened = await desk.open(purpose=purpose)

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


@pytest.mark.attack("D7")
async def test_the_code_of_one_flow_proves_no_other() -> None:
    desk = Desk()
    one, other = await desk.open(), await desk.open()
    if one.secret == other.secret:
        return

    with pytest.raises(CodeInvalid):
        await desk.prove(other, one.secret)


@pytest.mark.attack("D15")
async def test_a_code_is_checked_together_with_its_address() -> None:
    desk = Desk()
    opened = await desk.open()

    with pytest.raises(CodeInvalid):
        await desk.flows.prove_code(
            opened.flow_id,
            VERIFY,
            address="eve@example.com",
            code=opened.secret,
            may_compare=always,
        )


async def test_a_flow_without_subject_never_passes() -> None:
    desk = Desk()
    opened = await desk.open(nobody=True)

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


async def test_a_code_that_may_not_be_compared_is_refused_and_counted() -> None:
    desk = Desk()
    opened = await desk.open()

    for _ in range(5):
        with pytest.raises(CodeInvalid):
            await desk.flows.prove_code(
                opened.flow_id,
                VERIFY,
                address=ADDRESS,
                code=opened.secret,
                may_compare=never,
            )

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


@pytest.mark.parametrize("flow_id", ["", "x", "é", "=" * 22, "A" * 22, "A" * 4000])
async def test_a_flow_that_does_not_exist_uses_up_nobodys_tries(flow_id: str) -> None:
    desk = Desk()
    asked = []

    async def ask(challenge: Challenge) -> bool:
        asked.append(challenge)
        return True

    with pytest.raises(CodeInvalid):
        await desk.flows.prove_code(
            flow_id, VERIFY, address=ADDRESS, code="123456", may_compare=ask
        )

    assert asked == []


async def test_codes_of_a_former_secret_are_still_good() -> None:
    desk = Desk()
    opened = await desk.open()

    desk.flows = desk.with_keys(b"n" * 32, KEY)
    await desk.prove(opened)

    desk.flows = desk.with_keys(b"n" * 32)
    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


@pytest.mark.attack("D4")
async def test_of_many_uses_of_a_right_code_exactly_one_goes_on() -> None:
    desk = Desk()
    opened = await desk.open()

    async def use() -> str:
        try:
            await desk.flows.spend(await desk.prove(opened))
        except (ProofInUse, CodeInvalid) as error:
            return error.code
        return "spent"

    results = await asyncio.gather(*(use() for _ in range(50)))

    assert results.count("spent") == 1


async def test_a_proof_in_use_is_told_so_only_to_its_owner() -> None:
    desk = Desk()
    opened = await desk.open()
    await desk.flows.spend(await desk.prove(opened))

    with pytest.raises(ProofInUse) as refused:
        await desk.prove(opened)
    with pytest.raises(CodeInvalid):
        await desk.prove(opened, other_code(opened.secret))
    assert refused.value.retry_after == RESUME_AFTER


async def test_a_proof_whose_effect_was_interrupted_can_be_used_again_later() -> None:
    desk = Desk()
    opened = await desk.open()
    await desk.flows.spend(await desk.prove(opened))

    desk.now += RESUME_AFTER

    await desk.flows.spend(await desk.prove(opened))


async def test_a_proof_that_another_request_takes_first_is_in_use() -> None:
    desk = Desk()
    opened = await desk.open()
    proved = await desk.prove(opened)
    await desk.flows.spend(proved)

    with pytest.raises(ProofInUse):
        await desk.flows.spend(proved)


async def test_a_finished_flow_is_over() -> None:
    desk = Desk()
    opened = await desk.open()
    proved = await desk.prove(opened)
    await desk.flows.spend(proved)
    await desk.flows.finish(proved)

    desk.now += RESUME_AFTER

    with pytest.raises(CodeInvalid):
        await desk.prove(opened)


async def test_a_flow_is_found_by_id_and_purpose_while_it_is_open() -> None:
    desk = Desk()
    opened = await desk.open()
    find = desk.flows.find

    assert await find(opened.flow_id, VERIFY) == opened.challenge
    assert await find(opened.flow_id, Purpose.PASSWORD_RESET) is None
    assert await find("", VERIFY) is None
    assert await find(to_text(bytes(16)), VERIFY) is None
    desk.now = opened.challenge.expires_at
    assert await find(opened.flow_id, VERIFY) is None


async def test_a_renewed_code_replaces_the_old_one_and_its_attempts() -> None:
    desk = Desk()
    opened = await desk.open()
    for _ in range(5):
        with pytest.raises(CodeInvalid):
            await desk.prove(opened, other_code(opened.secret))
    desk.now += MINUTE

    renewed = desk.flows.reopen(opened.challenge, ADDRESS)
    await desk.flows.renew(renewed, letter=letter())

    assert renewed.flow_id == opened.flow_id
    assert len(desk.letters.recorded()) == 1
    if renewed.secret != opened.secret:
        with pytest.raises(CodeInvalid):
            await desk.prove(opened)
    await desk.prove(renewed)


@pytest.mark.attack("D16")
async def test_a_code_is_not_renewed_before_the_cooldown_is_over() -> None:
    desk = Desk()
    opened = await desk.open()
    desk.now += 20 * SECOND

    with pytest.raises(TooSoon) as early:
        desk.flows.require_cooled(opened.challenge)
    with pytest.raises(TooSoon) as refused:
        await desk.flows.renew(
            desk.flows.reopen(opened.challenge, ADDRESS), letter=letter()
        )

    assert early.value.retry_after == refused.value.retry_after == 40 * SECOND
    assert desk.letters.recorded() == []


async def test_a_flow_that_has_cooled_down_may_be_renewed() -> None:
    desk = Desk()
    opened = await desk.open()
    desk.now = opened.challenge.resend_at

    desk.flows.require_cooled(opened.challenge)

    assert desk.flows.cooldown == MINUTE


@pytest.mark.attack("D16")
async def test_of_concurrent_renewals_one_sends() -> None:
    desk = Desk()
    opened = await desk.open()
    desk.now += MINUTE

    async def renew() -> timedelta | None:
        try:
            await desk.flows.renew(
                desk.flows.reopen(opened.challenge, ADDRESS), letter=letter()
            )
        except TooSoon as refused:
            return refused.retry_after
        return None

    waits = await asyncio.gather(*(renew() for _ in range(10)))

    assert sorted(waits, key=bool) == [None, *[MINUTE] * 9]
    assert len(desk.letters.recorded()) == 1


async def test_a_flow_that_was_used_cannot_be_renewed() -> None:
    desk = Desk()
    opened = await desk.open()
    await desk.flows.spend(await desk.prove(opened))
    desk.now += 2 * MINUTE

    with pytest.raises(TooSoon) as refused:
        await desk.flows.renew(
            desk.flows.reopen(opened.challenge, ADDRESS), letter=None
        )

    assert refused.value.retry_after == SECOND


async def test_a_flow_that_is_gone_cannot_be_renewed() -> None:
    desk = Desk()
    opened = desk.flows.open_code(VERIFY, subject=new_id(), address=ADDRESS)

    with pytest.raises(TooSoon):
        await desk.flows.renew(opened, letter=None)
