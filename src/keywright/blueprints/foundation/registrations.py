"""Sign-up that signs in, for compositions that mail no codes."""

from collections.abc import Mapping

from keywright.blueprints.foundation.foundation import Foundation
from keywright.features.passwords.service import PasswordDoor
from keywright.features.registration.service import Registration
from keywright.features.sessions.service import OwnSessions
from keywright.features.sessions.store import CredentialIssuer
from keywright.features.sign_in.service import SignIn
from keywright.features.users.errors import AccountDeactivated
from keywright.features.users.types import User
from keywright.shared.errors import AuthError


def registrations(
    base: Foundation, issuer: CredentialIssuer, *, role: str
) -> Mapping[type, object]:
    """Return what the routes ask for; new users have *role*."""
    users, outbox = base.stores.users, base.stores.outbox
    door = SignIn(
        users=users,
        issuer=issuer,
        devices=base.devices,
        outbox=outbox,
        letters=base.letters,
        refuse_deactivated=_refuse_deactivated,
        publish=base.publish,
        now=base.now,
    )
    return {
        OwnSessions: OwnSessions(base.stores.sessions, base.publish, base.now),
        Registration: Registration(
            users=users,
            passwords=base.passwords,
            door=door,
            publish=base.publish,
            now=base.now,
            role=role,
            is_open=base.settings.sign_up == "open",
        ),
        PasswordDoor: PasswordDoor(
            users=users,
            passwords=base.passwords,
            lockout=base.lockout.without_stop(),
            devices=base.devices,
            door=door,
            outbox=outbox,
            letters=base.letters,
            publish=base.publish,
            now=base.now,
            needs_proved_address=False,
        ),
    }


async def _refuse_deactivated(_: User) -> AuthError:
    return AccountDeactivated()
