"""The signing keys: made, staged, rotated, revoked, and kept as a ring in memory."""

import asyncio

import pytest

from keywright.features.keys.errors import KeysUnusable, KeyUnknown
from keywright.features.keys.memory import Keys
from keywright.features.keys.policy import KeyState
from keywright.features.keys.service import STAGED_FOR, SigningKeys
from keywright.shared.jwt import TokenInvalid, read, write
from keywright.shared.vault import Vault
from tests.features.keys.builders import stored_key
from tests.features.steps import Crashed, crash
from tests.features.world import SECRET, World, signing_keys
from tests.instants import DAY, HOUR, MINUTE, NOW, SECOND


class Server:
    """One server's view of common keys, and the clock of all."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.world = World()
        self.store = Keys()
        self.keys = signing_keys(self.world, self.store, algorithm=algorithm)

    def another(self, algorithm: str = "ES256") -> SigningKeys:
        """Return the view of another server."""
        return signing_keys(self.world, self.store, algorithm=algorithm)

    async def states(self) -> list[KeyState]:
        """Return the states of all keys, oldest first."""
        return [key.state for key in await self.keys.listed()]

    def token(self) -> str:
        """Return a token by the key that signs now."""
        issued = int(self.world.now.timestamp())
        claims = {"sub": "ada", "iat": issued, "exp": issued + 900}
        return write(claims, typ="at+jwt", key=self.keys.ring.signing)

    def is_good(self, token: str) -> bool:
        """Say whether *token* verifies now."""
        try:
            read(token, typ="at+jwt", ring=self.keys.ring, now=self.world.now)
        except TokenInvalid:
            return False
        return True


async def test_the_ring_is_unusable_before_the_first_load() -> None:
    with pytest.raises(KeysUnusable, match="not loaded"):
        _ = Server().keys.ring


async def test_the_first_load_makes_a_key_that_signs_at_once() -> None:
    server = Server()

    await server.keys.load()

    assert await server.states() == [KeyState.ACTIVE]
    assert server.is_good(server.token())


async def test_a_second_load_keeps_the_ring() -> None:
    server = Server()
    await server.keys.load()
    ring = server.keys.ring

    await server.keys.load()

    assert server.keys.ring is ring


async def test_a_key_is_opened_once_however_often_the_ring_changes() -> None:
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing
    await server.keys.rotate()
    await server.keys.load()
    before = server.keys.ring

    server.world.now += STAGED_FOR
    await server.keys.load()

    assert before.signing is first
    assert server.keys.ring.find(first.kid) is first


async def test_servers_that_start_together_make_one_key() -> None:
    server = Server()
    others = [server.another() for _ in range(8)]

    await asyncio.gather(*(one.load() for one in others))

    assert len(await server.store.all()) == 1
    assert len({one.ring.signing.kid for one in others}) == 1


async def test_a_server_whose_clock_is_behind_makes_no_second_key() -> None:
    server = Server()
    await server.keys.load()
    server.world.now = NOW - 5 * SECOND
    behind = server.another()

    await behind.load()

    assert len(await server.store.all()) == 1
    assert behind.ring.signing.kid == server.keys.ring.signing.kid


async def test_a_server_that_lost_the_race_with_its_clock_behind_reads_the_key() -> (
    None
):
    server = Server()
    winner, loser = server.another(), server.another()

    async def win() -> None:
        server.world.now = NOW + 5 * SECOND
        await winner.load()
        server.world.now = NOW

    server.world.steps.before("keys.add", win)
    await loser.load()

    assert len(await server.store.all()) == 1
    assert loser.ring.signing.kid == winner.ring.signing.kid


async def test_a_rotated_key_is_published_before_it_signs() -> None:
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing.kid

    second = await server.keys.rotate()
    await server.keys.load()

    assert await server.states() == [KeyState.ACTIVE, KeyState.STAGED]
    assert server.keys.ring.signing.kid == first
    assert server.keys.ring.ids == {first, second}

    server.world.advance(STAGED_FOR)
    await server.keys.load()

    assert server.keys.ring.signing.kid == second
    assert await server.states() == [KeyState.RETIRING, KeyState.ACTIVE]


async def test_every_token_of_a_replaced_key_lives_its_whole_life() -> None:
    server = Server()
    await server.keys.load()
    await server.keys.rotate()
    server.world.advance(STAGED_FOR - SECOND)
    await server.keys.load()
    token = server.token()

    server.world.advance(15 * MINUTE - SECOND)
    await server.keys.load()
    assert server.is_good(token)

    server.world.advance(6 * MINUTE)
    await server.keys.load()
    assert await server.states() == [KeyState.GONE, KeyState.ACTIVE]


async def test_rotating_twice_at_once_stages_one_key() -> None:
    server = Server()
    await server.keys.load()

    kids = await asyncio.gather(server.keys.rotate(), server.another().rotate())

    assert len(set(kids)) == len(await server.store.all()) - 1


async def test_a_crash_between_staging_and_retiring_is_made_good_by_the_next_load() -> (
    None
):
    server = Server()
    await server.keys.load()
    server.world.steps.before("keys.retire", crash)
    with pytest.raises(Crashed):
        await server.keys.rotate()

    server.world.advance(STAGED_FOR)
    await server.keys.load()
    server.world.advance(21 * MINUTE)

    assert await server.states() == [KeyState.GONE, KeyState.ACTIVE]


async def test_a_key_that_signs_is_replaced_at_once_when_it_is_revoked() -> None:
    server = Server()
    await server.keys.load()
    token = server.token()

    await server.keys.revoke(server.keys.ring.signing.kid)
    await server.keys.load()

    assert not server.is_good(token)
    assert await server.states() == [KeyState.GONE, KeyState.ACTIVE]


async def test_a_retiring_key_never_signs_again() -> None:
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing.kid
    second = await server.keys.rotate()
    server.world.advance(STAGED_FOR)

    await server.keys.revoke(second)
    await server.keys.load()

    assert server.keys.ring.signing.kid not in {first, second}
    assert await server.states() == [
        KeyState.RETIRING,
        KeyState.GONE,
        KeyState.ACTIVE,
    ]


async def test_a_staged_key_that_is_revoked_gets_a_successor_for_the_same_instant() -> (
    None
):
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing.kid
    staged = await server.keys.rotate()
    server.world.advance(STAGED_FOR - MINUTE)

    await server.keys.revoke(staged)
    await server.keys.load()

    assert server.keys.ring.signing.kid == first
    token = server.token()
    server.world.advance(MINUTE)
    await server.keys.load()
    assert server.keys.ring.signing.kid not in {first, staged}
    server.world.advance(14 * MINUTE - SECOND)
    await server.keys.load()
    assert server.is_good(token)


async def test_a_retiring_key_is_revoked_without_a_replacement() -> None:
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing.kid
    await server.keys.rotate()
    server.world.advance(STAGED_FOR)

    await server.keys.revoke(first)

    assert await server.states() == [KeyState.GONE, KeyState.ACTIVE]


async def test_a_crash_after_a_revocation_is_made_good_by_the_next_load() -> None:
    server = Server()
    await server.keys.load()
    server.world.steps.after("keys.revoke", crash)
    with pytest.raises(Crashed):
        await server.keys.revoke(server.keys.ring.signing.kid)

    await server.keys.load()

    assert await server.states() == [KeyState.GONE, KeyState.ACTIVE]


async def test_an_unknown_or_revoked_key_cannot_be_revoked() -> None:
    server = Server()
    await server.keys.load()
    kid = server.keys.ring.signing.kid
    await server.keys.revoke(kid)

    for gone in (kid, "unknown"):
        with pytest.raises(KeyUnknown):
            await server.keys.revoke(gone)


async def test_another_algorithm_is_staged_once_and_the_old_key_retires() -> None:
    server = Server("ES256")
    await server.keys.load()
    changed = server.another("EdDSA")

    await changed.load()
    await changed.load()
    await server.keys.load()

    assert changed.ring.signing.algorithm == "ES256"
    assert await server.states() == [KeyState.ACTIVE, KeyState.STAGED]

    server.world.advance(STAGED_FOR)
    await changed.load()
    assert changed.ring.signing.algorithm == "EdDSA"
    server.world.advance(21 * MINUTE)
    assert (await server.states())[0] is KeyState.GONE


@pytest.mark.attack("A7")
@pytest.mark.parametrize(("old", "new"), [("HS256", "ES256"), ("ES256", "HS256")])
async def test_a_change_between_shared_secret_and_key_pair_never_mixes_them(
    old: str, new: str
) -> None:
    server = Server(old)
    await server.keys.load()
    changed = server.another(new)

    await changed.load()
    assert changed.ring.signing.algorithm == old
    server.world.advance(STAGED_FOR)
    await changed.load()

    assert changed.ring.signing.algorithm == new
    assert len(changed.ring.ids) == 1


async def test_keys_that_keep_vanishing_stop_the_load() -> None:
    server = Server()

    async def lose() -> None:
        for key in await server.store.all():
            await server.store.revoke(key.kid, now=NOW)

    server.world.steps.after("keys.add", lose)

    with pytest.raises(KeysUnusable, match="no signing key"):
        await server.keys.load()


async def test_a_number_that_is_always_taken_stops_the_load() -> None:
    server = Server()

    async def be_first() -> None:
        number = len(await server.store.all()) + 1
        await server.store.add(stored_key(number=number, revoked_at=NOW))

    for _ in range(10):
        server.world.steps.before("keys.add", be_first)

    with pytest.raises(KeysUnusable, match="kept changing"):
        await server.keys.load()


async def test_keys_of_another_secret_stop_the_load() -> None:
    server = Server()
    await server.keys.load()
    stranger = SigningKeys(
        server.store,
        Vault([bytes(32)]),
        algorithm="ES256",
        longest_life=15 * MINUTE,
        now=server.world.clock,
    )

    with pytest.raises(KeysUnusable, match="AUTH_SECRET"):
        await stranger.load()


async def test_keys_are_sealed_anew_under_the_newest_secret() -> None:
    server = Server()
    await server.keys.load()
    former, new = SECRET.key("vault"), bytes(32)

    def with_keys(*keys: bytes) -> SigningKeys:
        return SigningKeys(
            server.store,
            Vault(keys),
            algorithm="ES256",
            longest_life=15 * MINUTE,
            now=server.world.clock,
        )

    [key] = await server.store.all()
    resealed = with_keys(new, former).resealed(key)
    assert resealed is not None
    assert await server.store.replace_private(key.kid, old=key.private, new=resealed)
    [key] = await server.store.all()
    assert with_keys(new, former).resealed(key) is None
    later = with_keys(new)
    await later.load()
    assert later.ring.same_keys(server.keys.ring)


async def test_a_key_whose_end_came_without_a_successor_is_replaced() -> None:
    server = Server()
    await server.keys.load()
    first = server.keys.ring.signing.kid
    await server.store.retire(first, gone_at=NOW + HOUR)
    server.world.advance(DAY)

    await server.keys.load()

    assert server.keys.ring.signing.kid != first
