"""What a verifier lets pass, and what it refuses."""

from datetime import timedelta

import pytest

from keywright.shared.errors import NotSignedIn
from keywright.shared.jwt import LEEWAY, generate_key
from keywright.shared.public_names import public_name
from keywright.shared.secrets import new_id
from keywright.verify import NotReady, SessionOver, Stale, Verifier
from keywright.verify.verifier import ENDED_SESSIONS, JWKS
from tests.instants import HOUR, MILLISECOND, MINUTE
from tests.verify.issuer import KEYS, Issuer


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


async def poll(verifier: Verifier) -> None:
    """Let the verifier learn what ended, as its job does every second."""
    assert verifier._ended is not None
    await verifier._ended.poll()


async def test_a_good_token_says_who_it_is(issuer: Issuer) -> None:
    user_id, session_id = new_id(), new_id()
    token = issuer.token(user_id=user_id, session_id=session_id, role="admin")
    async with issuer.opened() as verifier:
        principal = await verifier.check(token)

    assert (principal.user_id, principal.session_id) == (user_id, session_id)
    assert (principal.role, principal.amr) == ("admin", ("pwd",))
    expires_at = (issuer.now + 15 * MINUTE).replace(microsecond=0)
    assert principal.expires_at == expires_at


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
async def test_keys_of_every_published_algorithm_are_known(
    issuer: Issuer, algorithm: str
) -> None:
    issuer.keys = [generate_key(algorithm)]
    async with issuer.opened() as verifier:
        await verifier.check(issuer.token())


async def test_checks_ask_the_service_nothing(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        before = list(issuer.asked)
        for _ in range(100):
            await verifier.check(issuer.token())

        assert issuer.asked == before == [JWKS, ENDED_SESSIONS]


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800"])
async def test_what_is_no_token_is_refused(issuer: Issuer, token: str) -> None:
    async with issuer.opened() as verifier:
        with pytest.raises(NotSignedIn):
            await verifier.check(token)


async def test_a_token_of_another_issuer_is_refused(issuer: Issuer) -> None:
    async with issuer.opened() as verifier:
        with pytest.raises(NotSignedIn):
            await verifier.check(issuer.token(issuer="https://id.example.org"))


async def test_a_token_for_somebody_else_is_refused(issuer: Issuer) -> None:
    async with issuer.opened(audience="https://shop.example.com") as verifier:
        with pytest.raises(NotSignedIn):
            await verifier.check(issuer.token())


async def test_a_token_is_refused_after_its_time_even_if_it_was_good(
    issuer: Issuer,
) -> None:
    token = issuer.token()
    async with issuer.opened() as verifier:
        await verifier.check(token)
        issuer.now += 15 * MINUTE + LEEWAY
        with pytest.raises(NotSignedIn):
            await verifier.check(token)


async def test_a_token_of_an_ended_session_is_refused_though_it_was_good(
    issuer: Issuer,
) -> None:
    session_id = new_id()
    token = issuer.token(session_id=session_id)
    async with issuer.opened() as verifier:
        await verifier.check(token)
        issuer.end(session_id)
        await poll(verifier)
        with pytest.raises(SessionOver):
            await verifier.check(token)
        await verifier.check(issuer.token())


async def test_a_token_of_an_older_epoch_is_refused_and_one_of_the_new_is_not(
    issuer: Issuer,
) -> None:
    user_id = new_id()
    async with issuer.opened() as verifier:
        issuer.users[public_name(user_id)] = 4
        await poll(verifier)
        with pytest.raises(SessionOver):
            await verifier.check(issuer.token(user_id=user_id, epoch=3))
        await verifier.check(issuer.token(user_id=user_id, epoch=4))
        await verifier.check(issuer.token(epoch=0))


async def test_an_unchanged_list_goes_on_counting(issuer: Issuer) -> None:
    session_id = new_id()
    issuer.end(session_id)
    async with issuer.opened() as verifier:
        for _ in range(3):
            await poll(verifier)
        with pytest.raises(SessionOver):
            await verifier.check(issuer.token(session_id=session_id))


async def test_while_the_service_is_down_what_is_known_counts(issuer: Issuer) -> None:
    ended, later = new_id(), new_id()
    issuer.end(ended)
    async with issuer.opened() as verifier:
        issuer.is_down = True
        issuer.end(later)
        await poll(verifier)

        await verifier.check(issuer.token(session_id=later))
        with pytest.raises(SessionOver):
            await verifier.check(issuer.token(session_id=ended))
        with pytest.raises(NotSignedIn):
            await verifier.check(issuer.token(key=KEYS[2]))


async def test_how_old_the_list_is_can_be_asked(issuer: Issuer) -> None:
    assert issuer.verifier().stale_for is None
    async with issuer.opened() as verifier:
        assert verifier.stale_for == timedelta(0)
        issuer.is_down = True
        issuer.now += MINUTE
        await poll(verifier)
        assert verifier.stale_for == MINUTE
        issuer.is_down = False
        await poll(verifier)
        assert verifier.stale_for == timedelta(0)


async def test_whoever_prefers_it_refuses_everything_after_a_while(
    issuer: Issuer,
) -> None:
    token = issuer.token()
    async with issuer.opened(fail_closed_after=MINUTE) as verifier:
        issuer.is_down = True
        issuer.now += MINUTE
        await poll(verifier)
        await verifier.check(token)
        issuer.now += MILLISECOND
        with pytest.raises(Stale):
            await verifier.check(token)
        issuer.is_down = False
        await poll(verifier)
        await verifier.check(token)


async def test_before_any_key_is_known_no_token_can_be_checked(issuer: Issuer) -> None:
    issuer.is_down = True
    async with issuer.opened() as verifier:
        with pytest.raises(NotReady):
            await verifier.check(issuer.token())
        issuer.is_down = False
        await verifier._keys.renew()
        await poll(verifier)
        await verifier.check(issuer.token())


async def test_before_any_list_is_known_no_token_passes(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    await verifier._keys.renew()

    with pytest.raises(NotReady):
        await verifier.check(issuer.token())


async def test_the_list_may_be_left_out(issuer: Issuer) -> None:
    async with issuer.opened(follow_ended_sessions=False) as verifier:
        await verifier.check(issuer.token())
        assert verifier.stale_for is None
        assert issuer.asked == [JWKS]


async def test_the_service_may_be_reached_at_another_address() -> None:
    issuer = Issuer()
    async with issuer.opened(base_url="http://auth.internal:9000/") as verifier:
        await verifier.check(issuer.token())

    assert issuer.hosts == {"auth.internal:9000"}


async def test_a_verifier_may_be_entered_by_several(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    async with verifier:
        async with verifier.lifespan(None):
            pass
        await verifier.check(issuer.token())
        issuer.now += HOUR
        await verifier._keys.renew()
    assert issuer.count(JWKS) >= 2


async def test_a_verifier_that_was_closed_says_so(issuer: Issuer) -> None:
    verifier = issuer.verifier()
    async with verifier:
        pass
    with pytest.raises(RuntimeError, match="closed"):
        async with verifier:
            pass
