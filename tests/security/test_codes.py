"""Mailed codes: few tries, one use, one purpose, one owner (D1 to D7, D15, D19)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from keywright.features.users.types import User
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import Client, Service, some_email
from tests.blueprints.mailbox import code_in
from tests.security.alike import likeness
from tests.security.everywhere import everywhere
from tests.security.flows import Flow, reset, sign_up, some_address

pytestmark = pytest.mark.long

TRIES = 5
RACERS = 50
LIFETIME = timedelta(minutes=10)
COOLDOWN = timedelta(seconds=61)
Start = Callable[..., Awaitable[Flow]]
each_flow = pytest.mark.parametrize("start", [sign_up, reset], ids=["sign-up", "reset"])


@each_flow
@pytest.mark.attack("D1")
@pytest.mark.asvs("V6.6.3")
async def test_a_code_is_dead_after_its_wrong_tries(
    service: Service, start: Start
) -> None:
    flow = await start(service)
    for number in range(TRIES):
        answer = await flow.enter(flow.wrong(number))
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")

    assert not await flow.passes()


@each_flow
@pytest.mark.attack("D1")
async def test_the_last_try_may_still_be_right(service: Service, start: Start) -> None:
    flow = await start(service)
    for number in range(TRIES - 1):
        await flow.enter(flow.wrong(number))

    assert await flow.passes()


@everywhere
@each_flow
@pytest.mark.attack("D2")
@pytest.mark.asvs("V6.6.3")
@pytest.mark.asvs("V2.3.2")
async def test_of_many_guesses_at_once_few_are_compared(
    service: Service, start: Start
) -> None:
    flow = await start(service)

    answers = await asyncio.gather(
        *(flow.enter(flow.wrong(number)) for number in range(2 * RACERS))
    )

    # A store that has no time for all of them refuses some with 503.
    assert {answer.status_code for answer in answers} <= {400, 503}
    assert await flow.attempts() <= TRIES
    assert not await flow.passes()


@everywhere
@each_flow
@pytest.mark.attack("D4")
@pytest.mark.asvs("V6.5.1")
@pytest.mark.asvs("V2.3.4")
@pytest.mark.asvs("V15.4.2")
async def test_of_many_uses_of_a_code_at_once_exactly_one_succeeds(
    service: Service, start: Start
) -> None:
    flow = await start(service)

    answers = await asyncio.gather(*(flow.enter() for _ in range(RACERS)))

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(flow.right_status) == 1
    # A store that has no time for all of them refuses some with 503.
    assert set(statuses) <= {flow.right_status, 400, 409, 503}


@each_flow
@pytest.mark.attack("D4")
@pytest.mark.asvs("V6.5.1")
async def test_a_code_works_once(service: Service, start: Start) -> None:
    flow = await start(service)

    assert await flow.passes()
    assert not await flow.passes()
    await service.clock.advance(timedelta(seconds=31))
    assert not await flow.passes()


@each_flow
@pytest.mark.attack("D5")
@pytest.mark.asvs("V6.6.2")
async def test_a_code_that_was_replaced_is_worthless(
    service: Service, start: Start
) -> None:
    flow = await start(service)
    await service.clock.advance(COOLDOWN)
    assert (await flow.client.post("/resend-otp")).status_code == 202
    newer = code_in(await service.mail_to(flow.email, "your"))

    if newer != flow.code:
        assert not await flow.passes()
    assert (await flow.enter(newer)).status_code == flow.right_status


@pytest.mark.attack("D5")
@pytest.mark.asvs("V6.6.2")
async def test_a_newer_reset_replaces_the_older_one(service: Service) -> None:
    user = await service.user()
    older = await reset(service, user)
    newer = await reset(service, user)

    assert not await older.passes()
    assert await newer.passes()


@pytest.mark.attack("D6")
@pytest.mark.asvs("V6.6.2")
async def test_a_code_is_good_for_its_purpose_only(service: Service) -> None:
    user = await service.user()
    flows = [await reset(service, user), await sign_up(service)]
    for flow, other in (flows, flows[::-1]):
        body = {"email": flow.email, "otpCode": flow.code, "flowId": flow.flow_id}
        answer = await flow.client.post(other.path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")


@pytest.mark.attack("D6")
async def test_a_code_is_no_token(service: Service) -> None:
    flow = await reset(service)
    client = await service.signed_in()
    for code in (flow.code, flow.flow_id, flow.flow_id + flow.code):
        body = {"resetToken": code, "newPassword": "violet harbour 3 lantern"}
        answers = [
            await flow.client.post("/reset-password", json=body),
            await client.send_json("DELETE", "/account/delete", token=code),
            await flow.client.put(
                "/account/reactivate", json={"reactivationToken": code}
            ),
        ]
        assert {answer.status_code for answer in answers} == {400}


@each_flow
@pytest.mark.attack("D7")
@pytest.mark.attack("D15")
@pytest.mark.asvs("V6.6.2")
async def test_a_code_is_good_for_its_own_address_only(
    service: Service, start: Start
) -> None:
    mine, theirs = await start(service), await start(service)

    answers = [
        await mine.enter(email=theirs.email),
        await mine.enter(email=theirs.email, flowId=theirs.flow_id),
        await mine.enter(flowId=theirs.flow_id),
        await theirs.enter(mine.code),
    ]

    if mine.code != theirs.code:
        assert {answer.status_code for answer in answers} == {400}
        assert {answer.json()["code"] for answer in answers} == {"code_invalid"}


@each_flow
@pytest.mark.attack("D7")
@pytest.mark.asvs("V6.6.2")
async def test_a_stranger_without_the_flow_cannot_use_the_code(
    service: Service, start: Start
) -> None:
    flow = await start(service)
    stranger = service.client()

    for flow_id in (None, "A" * 22):
        answer = await flow.enter(client=stranger, flowId=flow_id)
        assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    assert await flow.passes()


@each_flow
@pytest.mark.attack("D7")
async def test_a_stranger_without_the_flow_cannot_use_up_its_tries(
    service: Service, start: Start
) -> None:
    flow = await start(service)
    stranger = service.client()
    for number in range(3 * TRIES):
        await flow.enter(flow.wrong(number), client=stranger, flowId=None)

    assert await flow.passes()


@each_flow
@pytest.mark.attack("D9")
async def test_tries_count_wherever_they_come_from(
    service: Service, start: Start
) -> None:
    flow = await start(service)
    for number in range(TRIES):
        client = service.client(address=some_address())
        await flow.enter(flow.wrong(number), client=client)

    assert not await flow.passes()


@each_flow
@pytest.mark.attack("D19")
@pytest.mark.asvs("V6.5.5")
async def test_an_expired_code_is_refused(service: Service, start: Start) -> None:
    flow = await start(service)
    await service.clock.advance(LIFETIME)

    answers = await asyncio.gather(*(flow.enter() for _ in range(8)))

    assert {answer.status_code for answer in answers} == {400}


@everywhere
@pytest.mark.attack("D3")
@pytest.mark.asvs("V6.3.1")
@each_flow
async def test_an_address_is_sent_only_so_many_codes_that_can_be_guessed(
    service_with: ServiceWith, start: Start
) -> None:
    service = await service_with(rate_limits="on")
    flow = await start(service, address=some_address())
    user = await service.stores.users.by_email(flow.email)
    guessable = 1
    for _ in range(6):
        about = flow.email if user is None else user
        flow = await start(service, about, address=some_address())
        guessable += len(flow.code) < 12
        for guess in range(TRIES):
            await flow.enter(flow.wrong(guess), client=elsewhere(service))

    assert guessable * TRIES == 25


def elsewhere(service: Service) -> Client:
    """Return a client of an address that nobody else has."""
    return service.client(address=some_address())


async def flood(service: Service, user: User) -> None:
    """Ask for codes from everywhere and try wrong ones, as a stranger."""
    for _ in range(8):
        flow = await reset(service, user, address=some_address())
        for guess in range(TRIES):
            await flow.enter(flow.wrong(guess))


@everywhere
@pytest.mark.attack("F9")
@pytest.mark.attack("D16")
@pytest.mark.asvs("V6.1.1")
async def test_nothing_that_strangers_do_makes_an_open_code_worthless(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    user = await service.user()
    mine = await reset(service, user, address=some_address())

    await flood(service, user)

    assert await mine.passes()


@pytest.mark.attack("F9")
@pytest.mark.attack("D16")
async def test_after_all_that_strangers_do_an_unknown_device_can_reset(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    user = await service.user()
    await flood(service, user)

    mine = await reset(service, user, address=some_address())

    assert await mine.passes()


@pytest.mark.attack("F9")
@pytest.mark.attack("D16")
@pytest.mark.asvs("V6.5.4")
async def test_a_known_device_is_sent_a_code_when_strangers_used_up_the_mails(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    user = await service.user()
    owner = await service.signed_in(user=user, address=some_address())
    body = {"email": user.email}
    for _ in range(21):
        last = await elsewhere(service).post("/forgot-password", json=body)

    answer = await owner.post("/forgot-password", json=body)
    code = code_in(await service.mail_to(user.email, "reset"))

    assert last.status_code == 429
    assert answer.status_code == 202
    verified = await owner.post(
        "/verify-reset-otp", json={"email": user.email, "otpCode": code}
    )
    assert (verified.status_code, len(code)) == (200, 6)


@pytest.mark.attack("E3")
async def test_the_length_of_a_code_is_told_to_nobody_but_its_reader(
    service_with: ServiceWith,
) -> None:
    service = await service_with(rate_limits="on")
    user = await service.user()
    seen = []
    for email in (user.email, some_email()):
        answers = [
            await elsewhere(service).post("/forgot-password", json={"email": email})
            for _ in range(7)
        ]
        seen.append([likeness(answer) for answer in answers])

    assert seen[0] == seen[1]
    assert seen[0][0] == seen[0][-1]
