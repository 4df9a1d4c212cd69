"""Who was imported signs in as before, and has a new hash from then on."""

from keywright.features.passwords.service import PasswordDoor
from tests.blueprints.answers import refused, shown
from tests.blueprints.harness import Service
from tests.cli.test_users_import import HASH, PASSWORD


async def test_an_imported_password_works_and_is_hashed_anew(service: Service) -> None:
    passwords = service.built.get(PasswordDoor).passwords
    user = await service.user()
    sealed = passwords.keep(HASH, user_id=user.id)
    await service.stores.users.rehash(user.id, old=str(user.password_hash), new=sealed)
    client = service.client()
    body = {"email": user.email, "password": PASSWORD}

    wrong = await client.post("/signin", json={**body, "password": f"{PASSWORD}x"})
    refused(wrong, 401, "invalid_credentials")
    shown(await client.post("/signin", json=body))

    kept = await service.stores.users.by_id(user.id)
    assert kept is not None
    assert kept.password_hash != sealed
    assert str(passwords._hash_of(kept)).startswith("$argon2id$")
    shown(await client.post("/signin", json=body))
