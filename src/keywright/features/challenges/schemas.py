"""Flows on the wire."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from keywright.features.challenges.service import Opened
from keywright.shared.bodies import RequestBody, View

OtpCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6,12}$")]
FlowId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
MailedToken = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class FlowView(View):
    """A flow that waits for its code; the id is no credential."""

    flow_id: str
    expires_at: datetime
    resend_at: datetime


class ResendRequest(RequestBody):
    """Asks for a new code; without *flow_id* for the flow of the cookie."""

    flow_id: FlowId | None = Field(default=None)


def flow_view(opened: Opened) -> FlowView:
    """Return *opened* as shown to whoever opened it."""
    return FlowView(
        flow_id=opened.flow_id,
        expires_at=opened.challenge.expires_at,
        resend_at=opened.challenge.resend_at,
    )
