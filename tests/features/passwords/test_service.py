"""Passwords are set, compared and changed in one place each."""

from dataclasses import replace

import pytest

from keywright.features.passwords.errors import PasswordRefused
from keywright.features.passwords.policy import length_rule, no_context
from keywright.features.passwords.service import Passwords
from keywright.shared.passwords import HashCost, PasswordHashes
from keywright.shared.vault import Vault
from tests.features.users.builders import user
from tests.features.world import CHEAP, HASHES, PASSWORD, SECRET, VAULT, World

USER = user()
PASSWORDS = Passwords(
    HASHES, VAULT, rules=(length_rule(), no_context), context=("Example",)
)


def test_a_password_that_breaks_rules_is_refused_with_all_of_them() -> None:
    with pytest.raises(PasswordRefused) as refused:
        PASSWORDS.require_good("ada", context=("ada@example.com",), field="newPassword")

    assert refused.value.errors == {
        "newPassword": [
            "must have 8 to 256 characters",
            "must not be your name, your address or the name of this service",
        ]
    }


@pytest.mark.attack("G6")
@pytest.mark.parametrize(
    "password", ["EXAMPLE!!2026", "lovelace.ada", "lovelace.ada@mail.example", "Ada L."]
)
def test_the_context_is_name_address_its_local_part_and_the_service(
    password: str,
) -> None:
    rules = Passwords(HASHES, VAULT, rules=(no_context,), context=("Example",))

    with pytest.raises(PasswordRefused):
        rules.require_good(
            password, context=("lovelace.ada@mail.example", "Ada L"), field="password"
        )


async def test_a_password_matches_its_own_hash_only() -> None:
    owner = replace(USER, password_hash=await PASSWORDS.seal(PASSWORD, user_id=USER.id))

    assert await PASSWORDS.matches(PASSWORD, owner)
    assert not await PASSWORDS.matches(f"{PASSWORD} ", owner)
    assert not await PASSWORDS.matches(PASSWORD.upper(), owner)


@pytest.mark.attack("G3")
async def test_a_password_typed_in_pieces_matches_the_composed_one() -> None:
    sealed = await PASSWORDS.seal("caf\u00e9 au lait", user_id=USER.id)

    owner = replace(USER, password_hash=sealed)

    assert await PASSWORDS.matches("cafe\u0301 au lait", owner)


@pytest.mark.attack("G1")
async def test_what_stands_behind_the_72nd_byte_counts() -> None:
    sealed = await PASSWORDS.seal("a" * 72 + "b", user_id=USER.id)

    owner = replace(USER, password_hash=sealed)

    assert not await PASSWORDS.matches("a" * 72 + "c", owner)
    assert await PASSWORDS.matches("a" * 72 + "b", owner)


@pytest.mark.attack("G5")
@pytest.mark.parametrize("password", ["", " ", "null", "None", PASSWORD])
async def test_without_a_password_nothing_matches(password: str) -> None:
    assert not await PASSWORDS.matches(password, replace(USER, password_hash=None))
    assert not await PASSWORDS.matches(password, None)


async def test_the_hash_of_one_user_does_not_open_for_another() -> None:
    sealed = await PASSWORDS.seal(PASSWORD, user_id=USER.id)

    assert not await PASSWORDS.matches(PASSWORD, user(password_hash=sealed))


@pytest.mark.parametrize("sealed", ["", "v1.a.b.c", "$argon2id$v=19$m=8,t=1,p=1$a$b"])
async def test_what_is_no_sealed_hash_matches_nothing(sealed: str) -> None:
    owner = replace(USER, password_hash=sealed)

    assert not await PASSWORDS.matches("", owner)
    assert not await PASSWORDS.matches(PASSWORD, owner)
    assert await PASSWORDS.improved(PASSWORD, owner) is None


async def test_what_is_stored_is_no_readable_hash() -> None:
    sealed = await PASSWORDS.seal(PASSWORD, user_id=USER.id)

    assert "argon2" not in sealed


async def test_a_current_hash_is_not_improved() -> None:
    sealed = await PASSWORDS.seal(PASSWORD, user_id=USER.id)

    owner = replace(USER, password_hash=sealed)

    assert await PASSWORDS.improved(PASSWORD, owner) is None


async def test_without_a_hash_there_is_nothing_to_improve() -> None:
    owner = replace(USER, password_hash=None)

    assert await PASSWORDS.improved(PASSWORD, owner) is None


@pytest.mark.attack("G8")
async def test_a_hash_by_former_parameters_is_improved() -> None:
    weaker = PasswordHashes(threads=1, cost=replace(CHEAP, memory_kib=16))
    old = Passwords(weaker, VAULT, rules=())
    owner = replace(USER, password_hash=await old.seal(PASSWORD, user_id=USER.id))

    improved = await PASSWORDS.improved(PASSWORD, owner)

    assert improved is not None
    assert await PASSWORDS.matches(PASSWORD, replace(USER, password_hash=improved))
    weaker.close()


async def test_a_hash_sealed_by_a_former_secret_is_sealed_anew() -> None:
    former, newest = b"f" * 32, b"n" * 32
    old = Passwords(HASHES, Vault([former]), rules=())
    owner = replace(USER, password_hash=await old.seal(PASSWORD, user_id=USER.id))

    rotated = Passwords(HASHES, Vault([newest, former]), rules=())
    improved = await rotated.improved(PASSWORD, owner)

    assert improved is not None
    later = Passwords(HASHES, Vault([newest]), rules=())
    assert await later.matches(PASSWORD, replace(USER, password_hash=improved))


@pytest.mark.attack("G8")
async def test_a_sign_in_raises_the_parameters_and_keeps_the_epoch() -> None:
    world = World()
    owner = await world.add_user()
    stronger = PasswordHashes(threads=1, cost=HashCost(memory_kib=16, passes=1))
    raised = World(hashes=stronger)
    await raised.users.add(owner)

    await raised.sign_in()

    kept = await raised.users.by_id(owner.id)
    assert kept is not None
    assert kept.password_hash != owner.password_hash
    assert kept.epoch == owner.epoch
    assert await raised.passwords.matches(PASSWORD, kept)
    stronger.close()


async def test_a_hash_made_elsewhere_is_kept_sealed_and_checked() -> None:
    hashed = await HASHES.hash("made elsewhere")
    owner = replace(USER, password_hash=PASSWORDS.keep(hashed, user_id=USER.id))

    assert await PASSWORDS.matches("made elsewhere", owner)
    assert hashed not in str(owner.password_hash)


@pytest.mark.parametrize(
    "hashed",
    ["", "made elsewhere", "$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$aGFzaA"],
)
def test_what_could_never_be_checked_is_not_kept(hashed: str) -> None:
    with pytest.raises(ValueError, match="no password hash of a known form"):
        PASSWORDS.keep(hashed, user_id=USER.id)


async def test_a_hash_sealed_anew_opens_without_the_former_key() -> None:
    sealed = await PASSWORDS.seal(PASSWORD, user_id=USER.id)
    new = bytes(32)
    rotated = Passwords(HASHES, Vault([new, *SECRET.keys("vault")]), rules=())

    resealed = rotated.resealed(sealed, user_id=USER.id)

    assert resealed is not None
    later = Passwords(HASHES, Vault([new]), rules=())
    assert await later.matches(PASSWORD, replace(USER, password_hash=resealed))
    assert rotated.resealed(resealed, user_id=USER.id) is None
