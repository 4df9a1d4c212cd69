"""What operators do to one account, and what they are shown of it."""

from collections.abc import Mapping

from keywright.blueprints.foundation.types import Auth
from keywright.features.audit.service import AuditTrail
from keywright.features.sessions.events import SessionsEnded
from keywright.features.sessions.types import EndReason
from keywright.features.users.events import StatusChanged
from keywright.features.users.policy import canonical_email
from keywright.features.users.types import Status, User
from keywright.service.failures import Failure
from keywright.shared.clock import utc_now

TRIES = 5
SHOWN = 20


async def account_of(auth: Auth, email: str) -> User:
    """Return the user; raise ValueError for no address, `Failure` for nobody's."""
    address = canonical_email(email)
    user = await auth.stores.users.by_email(address)
    if user is None:
        raise Failure(f"There is no user with the address {address}.")
    return user


async def set_status(auth: Auth, email: str, status: Status) -> User:
    """Give the user *status*; every session and code ends with it.

    A deactivated user who becomes active is not removed any more. Raise as
    `account_of`, and `Failure` if the account keeps changing meanwhile.
    """
    for _ in range(TRIES):
        user = await account_of(auth, email)
        if user.status is status:
            return user
        changed = await auth.stores.users.set_status(
            user.id,
            status,
            epoch=user.epoch,
            purge_after=None,
            now=utc_now(),
            letter=None,
        )
        if changed:
            await _note(auth, StatusChanged(user.id, status))
            await _end_sessions(auth, user)
            return user
    raise Failure("The account keeps changing. Try again.")


async def end_sessions(auth: Auth, email: str) -> int:
    """End every session of the user and return how many there were."""
    return await _end_sessions(auth, await account_of(auth, email))


async def shown(auth: Auth, email: str) -> Mapping[str, object]:
    """Return the user, the live sessions and the newest events; nothing secret."""
    user = await account_of(auth, email)
    stores = auth.stores
    sessions = await stores.sessions.of_user(user.id, epoch=user.epoch, now=utc_now())
    events = await stores.audit.newest(user_id=user.id, most=SHOWN)
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "status": user.status.value,
        "isEmailVerified": user.is_email_verified,
        "createdAt": user.created_at.isoformat(),
        "lastLoginAt": user.last_login_at.isoformat() if user.last_login_at else None,
        "sessions": [
            {
                "id": str(one.id),
                "address": one.device.address,
                "userAgent": one.device.user_agent,
                "createdAt": one.created_at.isoformat(),
                "lastSeenAt": one.last_seen_at.isoformat(),
            }
            for one in sessions
        ],
        "events": [
            {"at": one.at.isoformat(), "event": one.event, "address": one.address}
            for one in events
        ],
    }


async def _end_sessions(auth: Auth, user: User) -> int:
    reason = EndReason.ENDED_BY_OPERATOR
    ended = await auth.stores.sessions.end_others(
        user.id, keep=None, reason=reason, now=utc_now()
    )
    await _note(auth, SessionsEnded(user.id, ended, reason))
    return ended


async def _note(auth: Auth, event: object) -> None:
    trail = AuditTrail(auth.stores.audit, now=utc_now)
    await trail(event)
    await trail.flush()
