"""Sessions and tokens on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from keywright.features.sessions.types import Credentials, Principal, Session
from keywright.shared.bodies import View
from keywright.shared.user_agent import describe


class TokensView(View):
    """Tokens for a client that does not use cookies; *expires_in* is in seconds."""

    access_token: str
    refresh_token: str | None
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the name of a type
    expires_in: int


class DeviceView(View):
    """What the browser said it is."""

    browser: str
    os: str
    kind: str


class SessionView(View):
    """A signed-in device; the id ends it and is no credential."""

    id: UUID
    current: bool
    device: DeviceView
    ip: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class SessionsView(View):
    """The live sessions of a user, newest first."""

    sessions: list[SessionView]


class RevokedView(View):
    """How many sessions were ended."""

    revoked: int


def tokens_view(credentials: Credentials | None) -> TokensView | None:
    """Return *credentials* as a body; None where they went into cookies."""
    if credentials is None:
        return None
    return TokensView(
        access_token=credentials.access,
        refresh_token=credentials.refresh,
        expires_in=int(credentials.access_lifetime.total_seconds()),
    )


def session_view(session: Session, principal: Principal) -> SessionView:
    """Return *session* as shown to its user."""
    label = describe(session.device.user_agent)
    return SessionView(
        id=session.id,
        current=session.id == principal.session_id,
        device=DeviceView(browser=label.browser, os=label.os, kind=label.kind),
        ip=session.device.address,
        created_at=session.created_at,
        last_seen_at=session.last_seen_at,
        expires_at=min(session.idle_expires_at, session.expires_at),
    )
