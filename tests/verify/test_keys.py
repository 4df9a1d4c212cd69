"""Which keys are known: renewed, kept, and asked for seldom (A6)."""

import asyncio
import logging
from datetime import timedelta

import pytest
from httpx2 import Request, Response

from keywright.shared.errors import NotSignedIn
from keywright.shared.jwt import generate_key
from keywright.verify.keys import ASKED_EVERY, RENEWED_EVERY
from keywright.verify.verifier import JWKS, KEYS_BYTES, Verifier
from tests.instants import MILLISECOND
from tests.verify.issuer import KEYS, Issuer


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


async def passes(verifier: Verifier, token: str) -> bool:
    try:
        await verifier.check(token)
    except NotSignedIn:
        return False
    return True


@pytest.mark.attack("A6")
async def test_a_thousand_unknown_keys_ask_for_the_set_once(issuer: Issuer) -> None:
    strangers = [generate_key("ES256") for _ in range(100)]
    async with issuer.opened() as verifier:
        before = issuer.count(JWKS)
        for number in range(1000):
            assert not await passes(verifier, issuer.token(key=strangers[number % 100]))
        assert issuer.count(JWKS) - before == 1
        issuer.now += ASKED_EVERY - MILLISECOND
        assert not await passes(verifier, issuer.token(key=strangers[0]))
        assert issuer.count(JWKS) - before == 1
        issuer.now += MILLISECOND
        assert not await passes(verifier, issuer.token(key=strangers[0]))
        assert issuer.count(JWKS) - before == 2


@pytest.mark.attack("A6")
async def test_unknown_keys_at_once_wait_for_one_answer(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        before = issuer.count(JWKS)
        issuer.keys.append(KEYS[1])
        token = issuer.token()
        results = await asyncio.gather(*(passes(verifier, token) for _ in range(64)))

        assert all(results)
        assert issuer.count(JWKS) - before == 1


async def test_a_new_key_makes_no_bad_token_good(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        issuer.keys.append(KEYS[1])
        token = issuer.token(issuer="https://id.example.org")

        assert not await passes(verifier, token)


@pytest.mark.attack("A6")
async def test_while_the_key_set_cannot_be_had_good_tokens_pass(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        issuer.answers[JWKS] = lambda request: Response(503)
        for _ in range(3):
            assert not await passes(verifier, issuer.token(key=KEYS[1]))
            issuer.now += RENEWED_EVERY
            await verifier._keys.renew()
            assert await passes(verifier, issuer.token())


async def test_a_key_that_is_published_first_is_known_before_it_signs(
    issuer: Issuer,
) -> None:
    async with issuer.opened() as verifier:
        old = issuer.token()
        issuer.keys.append(KEYS[1])
        issuer.now += RENEWED_EVERY
        await verifier._keys.renew()
        before = issuer.count(JWKS)

        assert await passes(verifier, issuer.token())
        assert await passes(verifier, old)
        assert issuer.count(JWKS) == before


@pytest.mark.attack("A20")
async def test_a_key_that_is_published_no_more_is_dead_at_the_next_renewal(
    issuer: Issuer,
) -> None:
    async with issuer.opened() as verifier:
        token = issuer.token()
        assert await passes(verifier, token)
        issuer.keys = [KEYS[1]]
        issuer.now += RENEWED_EVERY
        await verifier._keys.renew()

        assert not await passes(verifier, token)


async def test_between_renewals_nothing_is_asked(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        issuer.now += RENEWED_EVERY - MILLISECOND
        await verifier._keys.renew()

        assert issuer.count(JWKS) == 1


async def test_an_unchanged_set_keeps_what_was_verified(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        known = verifier._keys.current
        issuer.now += RENEWED_EVERY
        await verifier._keys.renew()

        assert verifier._keys.current is known


async def test_who_goes_away_while_keys_are_asked_for_takes_nothing_from_others(
    issuer: Issuer,
) -> None:
    async with issuer.opened() as verifier:
        issuer.keys.append(KEYS[1])
        token = issuer.token()
        impatient = asyncio.create_task(passes(verifier, token))
        patient = asyncio.create_task(passes(verifier, token))
        await asyncio.sleep(0)
        impatient.cancel()

        assert await patient


BAD = [
    Response(404),
    Response(302, headers={"location": "https://elsewhere.example/"}),
    Response(200, content=b"<html>"),
    Response(200, content=b'{"keys": [], "keys": []}'),
    Response(200, json=[]),
    Response(200, json={}),
    Response(200, json={"keys": []}),
    Response(200, json={"keys": "x"}),
    Response(200, json={"keys": [{}] * 51}),
    Response(200, content=b" " * (KEYS_BYTES + 1)),
    Response(304),
]


@pytest.mark.attack("A6")
@pytest.mark.parametrize("bad", BAD)
async def test_a_bad_document_leaves_the_last_good_set(
    issuer: Issuer, bad: Response
) -> None:
    async with issuer.opened() as verifier:
        issuer.answers[JWKS] = lambda request: Response(
            bad.status_code, headers=bad.headers, content=bad.content
        )
        issuer.now += RENEWED_EVERY
        await verifier._keys.renew()

        assert await passes(verifier, issuer.token())


async def test_an_answer_that_does_not_come_is_given_up(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keywright.verify.source.SECONDS", 0.01)
    async with issuer.opened() as verifier:
        transport = verifier._transport
        assert transport is not None

        async def hangs(request: Request) -> Response:
            await asyncio.sleep(60)
            return Response(200)

        monkeypatch.setattr(transport, "handle_async_request", hangs)
        assert not await passes(verifier, issuer.token(key=KEYS[1]))
        assert await passes(verifier, issuer.token())


async def test_an_outage_is_logged_when_it_begins_and_when_it_ends(
    issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "keywright.verify")
    async with issuer.opened() as verifier:
        assert verifier._ended is not None
        for is_down in (True, True, False, False):
            issuer.is_down = is_down
            issuer.now += timedelta(minutes=1)
            await verifier._keys.renew()
            await verifier._ended.poll()

    assert [record.message for record in caplog.records] == [
        "keys_unavailable",
        "ended_sessions_unavailable",
        "keys_available",
        "ended_sessions_available",
    ]
