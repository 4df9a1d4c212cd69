"""GET and DELETE sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentPrincipal,
    OwnSessionsService,
    RecentPrincipal,
)
from keywright.features.sessions.errors import (
    SessionEnded,
    SessionNotFound,
    StepUpRequired,
)
from keywright.features.sessions.schemas import (
    RevokedView,
    SessionsView,
    session_view,
)
from keywright.shared.errors import NotSignedIn, ValidationFailed
from keywright.shared.responses import AuthRoute, Done, Reply, done, refusals, reply

router = APIRouter(route_class=AuthRoute, tags=["sessions"])


@router.get("/sessions", responses=refusals(NotSignedIn, SessionEnded))
async def list_sessions(
    principal: CurrentPrincipal, sessions: OwnSessionsService
) -> Reply[SessionsView]:
    """List the devices that are signed in; never a token."""
    listed = await sessions.listed(principal)
    views = [session_view(session, principal) for session in listed]
    return reply("Your sessions.", SessionsView(sessions=views))


@router.delete(
    "/sessions",
    responses=refusals(NotSignedIn, SessionEnded, StepUpRequired, ValidationFailed),
)
async def end_sessions(
    request: Request,
    response: Response,
    principal: RecentPrincipal,
    sessions: OwnSessionsService,
    credentials: Credentials,
    *,
    include_current: Annotated[bool, Query(alias="includeCurrent")] = False,
) -> Reply[RevokedView]:
    """End all sessions but this one; with includeCurrent, this one too."""
    count = await sessions.end_others(principal, include_current=include_current)
    if include_current:
        credentials.clear_all(request, response)
    return reply("The sessions have ended.", RevokedView(revoked=count))


@router.delete(
    "/sessions/{sessionId}",
    responses=refusals(
        NotSignedIn, SessionEnded, SessionNotFound, StepUpRequired, ValidationFailed
    ),
)
async def end_session(
    session_id: Annotated[
        str, Path(alias="sessionId", json_schema_extra={"format": "uuid"})
    ],
    principal: RecentPrincipal,
    sessions: OwnSessionsService,
) -> Done:
    """End one session; an unknown one and another user's are answered alike."""
    try:
        known = UUID(session_id)
    except ValueError:
        raise SessionNotFound from None
    await sessions.end(principal, known)
    return done("The session has ended.")
