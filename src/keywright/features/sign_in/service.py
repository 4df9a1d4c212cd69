"""The one door every sign-in goes through.

Whatever the first factor was, only this opens sessions, so no new factor can forget
the state of the user or the second factor.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from keywright.features.lockout.service import KnownDevices
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.store import Outbox
from keywright.features.sessions.store import CredentialIssuer
from keywright.features.sessions.types import Device
from keywright.features.sign_in.emails import new_device
from keywright.features.sign_in.errors import SecondFactorRequired
from keywright.features.sign_in.events import SignInRefused, UserSignedIn
from keywright.features.sign_in.types import SecondFactor, SignedIn
from keywright.features.users.errors import AccountBanned
from keywright.features.users.policy import may_sign_in
from keywright.features.users.store import UserStore
from keywright.features.users.types import Status, User, UserChanges
from keywright.shared.clock import Now
from keywright.shared.errors import AuthError
from keywright.shared.events import Publish
from keywright.shared.user_agent import describe

RefuseDeactivated = Callable[[User], Awaitable[AuthError]]
"""Returns what the owner of a deactivated account is told after the right proof."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Checks the user's state and second factors, and opens the session."""

    users: UserStore
    issuer: CredentialIssuer
    devices: KnownDevices
    outbox: Outbox
    letters: LetterWriter
    refuse_deactivated: RefuseDeactivated
    publish: Publish
    now: Now
    second_factors: Sequence[SecondFactor] = ()

    async def finish(
        self,
        user: User,
        device: Device,
        *,
        amr: Sequence[str],
        known_device: str | None,
        announce: bool = True,
    ) -> SignedIn:
        """Open a session of *user*, whose first factor was right.

        *user* must have been read before the factor was checked: the session carries
        that epoch, so it dies with a change that overlapped. Raise
        `SecondFactorRequired`, and only after all factors `AccountBanned` or
        `AccountDeactivated`. A device that is not known is told to the owner, except
        where *announce* is false.
        """
        for factor in self.second_factors:
            if await factor.required_for(user):
                raise SecondFactorRequired(data={"factor": factor.name})
        if not may_sign_in(user):
            refusal = await self._refusal_of(user)
            await self.publish(SignInRefused(user.id, " ".join(amr), refusal.code))
            raise refusal
        credentials = await self.issuer.open(user, device, amr=amr)
        now = self.now()
        await self.users.update(user.id, UserChanges(last_login_at=now), now=now)
        if announce and known_device is None and user.last_login_at is not None:
            await self._announce(user, device)
        method = " ".join(amr)
        await self.publish(UserSignedIn(user.id, credentials.session_id, method))
        return SignedIn(
            user=replace(user, last_login_at=now),
            credentials=credentials,
            device_cookie=self.devices.issue(user.id, user.epoch, device=known_device),
        )

    async def _refusal_of(self, user: User) -> AuthError:
        if user.status is Status.DEACTIVATED:
            return await self.refuse_deactivated(user)
        return AccountBanned()

    async def _announce(self, user: User, device: Device) -> None:
        email = new_device(
            user,
            device=str(describe(device.user_agent)),
            address=device.address,
            at=self.now(),
        )
        await self.outbox.put(self.letters.write(email, kind="new_device"))


def recognised(
    devices: KnownDevices, user: User | None, cookie: str | None
) -> str | None:
    """Return the id of the device that *cookie* proves to be the user's, or None."""
    if user is None:
        return None
    return devices.recognise(cookie, user.id, user.epoch)
