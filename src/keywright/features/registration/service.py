"""Registration: a user is made and signed in by one request.

For contracts that sign in at sign-up. Nobody proves the address, and a taken one is
refused by name, so whoever asks learns which addresses have a user.
"""

from dataclasses import dataclass

from keywright.features.passwords.service import Passwords
from keywright.features.registration.events import RegistrationRefused, UserRegistered
from keywright.features.registration.types import Person
from keywright.features.sessions.types import Device
from keywright.features.sign_in.service import SignIn
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.errors import EmailTaken, SignUpClosed
from keywright.features.users.store import UserStore
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.events import Publish
from keywright.shared.secrets import new_id


@dataclass(frozen=True, slots=True)
class Registration:
    """Adds users who have *role*; no client has a say in that.

    Unless it *is_open*, nobody new is taken.
    """

    users: UserStore
    passwords: Passwords
    door: SignIn
    publish: Publish
    now: Now
    role: str
    is_open: bool = True

    async def register(
        self, person: Person, password: str, *, device: Device
    ) -> SignedIn:
        """Add the user and return the credentials of their first session.

        Raise `SignUpClosed`, `PasswordRefused`, or `EmailTaken`: of concurrent
        registrations of one address exactly one succeeds. After a crash in between the
        user exists and signs in like any other.
        """
        if not self.is_open:
            raise SignUpClosed
        self.passwords.require_good(password, context=person.texts(), field="password")
        user_id, now = new_id(), self.now()
        user = User(
            id=user_id,
            name=person.name,
            email=person.email,
            password_hash=await self.passwords.seal(password, user_id=user_id),
            role=self.role,
            is_email_verified=False,
            created_at=now,
            updated_at=now,
            first_name=person.first_name,
            last_name=person.last_name,
        )
        try:
            await self.users.add(user)
        except EmailTaken:
            owner = await self.users.by_email(person.email)
            await self.publish(RegistrationRefused(owner.id if owner else None))
            raise
        await self.publish(UserRegistered(user_id))
        return await self.door.finish(
            user, device, amr=("pwd",), known_device=None, announce=False
        )
