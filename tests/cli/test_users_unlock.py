"""An operator forgets what strangers tried at an account."""

import asyncio
import json

import pytest

from keywright.features.lockout.types import Try
from keywright.features.passwords.service import PasswordDoor
from keywright.service.administration import opened
from keywright.service.settings import service_settings
from tests.cli.conftest import Call

EMAIL = "ada@example.com"
NETWORK, OTHER = "2001:db8:7::1", "192.0.2.7"
BLUEPRINTS = ("hybrid-auth", "backend-starter")


def add_user(call: Call, blueprint: str) -> None:
    """Add a user by the blueprint, which is kept for what follows."""
    line = json.dumps({"email": EMAIL, "name": "Ada"})
    added = call("users", "import", "-", given=line, AUTH_BLUEPRINT=blueprint)
    assert added.code == 0, added.err


async def admitted(client: str, *, times: int) -> bool:
    """Try that often from *client* and say whether the last try is compared."""
    async with opened(service_settings()) as auth:
        lockout = auth.services.get(PasswordDoor).lockout
        for _ in range(times):
            admission = await lockout.admit(Try(EMAIL, None, client))
    return admission.may_compare


@pytest.mark.attack("F9")
@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_an_unlocked_account_takes_tries_again(call: Call, blueprint: str) -> None:
    add_user(call, blueprint)
    asyncio.run(admitted(NETWORK, times=101))
    before = asyncio.run(admitted(OTHER, times=4))

    unlocked = call("users", "unlock", EMAIL.upper())

    assert (unlocked.code, EMAIL in unlocked.out) == (0, True)
    after = asyncio.run(admitted(OTHER, times=1))
    assert (before, after) == (False, True)


def test_an_unlocking_is_in_the_audit_trail(call: Call) -> None:
    add_user(call, "hybrid-auth")
    call("users", "unlock", EMAIL)

    async def events() -> list[str]:
        async with opened(service_settings()) as auth:
            user = await auth.stores.users.by_email(EMAIL)
            assert user is not None
            kept = await auth.stores.audit.newest(user_id=user.id)
            return [one.event for one in kept]

    assert "TriesForgotten" in asyncio.run(events())


@pytest.mark.parametrize(
    ("email", "told"), [("bob@example.com", "no user"), ("ada", "an e-mail address")]
)
def test_nobody_is_unlocked_by_a_wrong_address(
    call: Call, email: str, told: str
) -> None:
    refused = call("users", "unlock", email)

    assert (refused.code, told in refused.err) == (1, True)
