"""Who first proves the address of an account has it alone (M6)."""

import pytest

from keywright.features.identities.errors import AccountExists
from keywright.features.identities.service import Identities
from keywright.features.identities.types import Proven
from keywright.features.password_reset.service import PasswordReset
from keywright.features.users.types import User
from tests.blueprints.harness import NEW_PASSWORD, Service
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS
from tests.blueprints.mailbox import code_in

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)
VARIANTS = ("sqlite",)
TRAP = "the attacker knows this 9"


def proven(subject: str, email: str | None) -> Proven:
    """Return what a provider has just proved."""
    return Proven(
        provider="test",
        label="Test",
        issuer="https://issuer.example.com",
        subject=subject,
        name="Ada",
        email=email,
        is_email_trusted=True,
    )


async def proved(service: Service) -> User:
    """Return a user whom somebody prepared, after the owner has reset the password."""
    user = await service.user(is_email_verified=False, password=TRAP)
    identities = service.built.get(Identities)
    await identities.link(user, proven(user.id.hex, None))
    reset = service.built.get(PasswordReset)
    opened = await reset.start(user.email, client="192.0.2.7", device_cookie=None)
    code = code_in(await service.mail_to(user.email, "reset your password"))
    token = await reset.verify(email=user.email, code=code, flow_id=opened.flow_id)
    return await reset.complete(token.secret, NEW_PASSWORD)


@pytest.mark.attack("M6")
async def test_the_owner_signs_in_after_a_reset_and_nobody_else(
    service: Service,
) -> None:
    user = await proved(service)

    await service.signed_in(user=user, password=NEW_PASSWORD)

    kept = await service.stores.users.by_id(user.id)
    assert kept is not None
    assert kept.is_email_verified
    body = {"email": user.email, "password": TRAP}
    answer = await service.client().post("/signin", json=body)
    assert answer.json()["code"] == "invalid_credentials"
    assert not await service.built.get(Identities).store.of_user(user.id)


@pytest.mark.attack("M6")
async def test_after_a_reset_a_first_sign_in_with_a_provider_removes_nobody(
    service: Service,
) -> None:
    user = await proved(service)

    with pytest.raises(AccountExists):
        await service.built.get(Identities).user_of(
            proven(f"{user.id.hex}-2", user.email)
        )

    assert await service.stores.users.by_id(user.id) is not None
