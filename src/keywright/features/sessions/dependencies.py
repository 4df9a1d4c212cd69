"""Who sends the request, for routes of ours and of the host application."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Response

from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.errors import StepUpRequired
from keywright.features.sessions.service import OwnSessions
from keywright.features.sessions.store import Authenticator
from keywright.features.sessions.types import Device, PresentedCredentials, Principal
from keywright.features.users.types import User
from keywright.shared.clock import Now
from keywright.shared.dependencies import provide, services_of
from keywright.shared.errors import AuthError, NotSignedIn
from keywright.shared.roles import guard_of
from keywright.shared.routing import client_of, complete, for_route
from keywright.shared.user_agent import LONGEST

Credentials = Annotated[CredentialCookies, Depends(provide(CredentialCookies))]
OwnSessionsService = Annotated[OwnSessions, Depends(provide(OwnSessions))]


@dataclass(frozen=True, slots=True)
class Gate:
    """Lets signed-in users through.

    *sign_out* ends the session of a token. Sensitive acts need a sign-in not older than
    *step_up_after*; None asks for none. *renew* is asked about a request that presents
    no valid token, before it is refused.
    """

    authenticator: Authenticator
    cookies: CredentialCookies
    sign_out: Callable[[str], Awaitable[bool]]
    now: Now
    step_up_after: timedelta | None = None
    renew: Callable[[Request], Awaitable[PresentedCredentials]] | None = None


async def authenticated(request: Request) -> Principal:
    """Return who sends *request*, or raise `NotSignedIn` or `SessionEnded`."""
    gate = services_of(request).get(Gate)
    shown = gate.cookies.presented(request)
    try:
        principal = await gate.authenticator.authenticate(shown)
    except NotSignedIn:
        if gate.renew is None:
            raise
        principal = await gate.authenticator.authenticate(await gate.renew(request))
    request.scope["auth.user_id"] = principal.user.id
    return principal


async def current_principal(request: Request, response: Response) -> Principal:
    """Return who sends *request*; on a host's route a refusal is an HTTPException.

    Where cookies are renewed by themselves, *response* brings them: a host's handler
    has to return data, or *response*, for an answer of its own does not carry them.
    """
    try:
        principal = await authenticated(request)
    except AuthError as error:
        raise for_route(request, error) from None
    complete(request, response)
    return principal


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


async def current_user(principal: CurrentPrincipal) -> User:
    """Return the signed-in user."""
    return principal.user


CurrentUser = Annotated[User, Depends(current_user)]


async def recent_principal(request: Request, principal: CurrentPrincipal) -> Principal:
    """Return who sends *request*, or raise `StepUpRequired` for an old sign-in."""
    gate = services_of(request).get(Gate)
    age = gate.now() - principal.auth_time
    if gate.step_up_after is not None and age > gate.step_up_after:
        raise StepUpRequired
    return principal


RecentPrincipal = Annotated[Principal, Depends(recent_principal)]


require_role = guard_of(current_user)
"""A dependency on a signed-in user with one of the given roles."""


async def current_device(request: Request) -> Device:
    """Return what *request* shows of its sender."""
    user_agent = request.headers.get("user-agent", "")[:LONGEST]
    return Device(user_agent=user_agent, address=client_of(request))


CurrentDevice = Annotated[Device, Depends(current_device)]
