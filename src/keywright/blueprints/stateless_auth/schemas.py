"""Bodies that only stateless-auth has: codes of four types in one place."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from keywright.features.challenges.schemas import FlowId, OtpCode
from keywright.features.sessions.schemas import TokensView
from keywright.features.users.schemas import EmailAddress, UserView
from keywright.shared.bodies import RequestBody, View

OtpType = Literal["email-verification", "signin", "password-reset", "password-change"]
"""What a code is good for, and nothing else."""


class CodeRequest(RequestBody):
    """Asks for a code; *flow_id* names the sign-up whose code is sent again."""

    email: EmailAddress
    otp_type: OtpType
    flow_id: FlowId | None = None


class CodeProof(RequestBody):
    """Shows the mailed code; without *flow_id* for the flow of the cookie."""

    email: EmailAddress
    otp_code: OtpCode = Field(repr=False)
    otp_type: OtpType
    flow_id: FlowId | None = None


class ProvedView(View):
    """What a right code gives, by its type: a user, a sign-in, or a reset token."""

    user: UserView | None = Field(default=None, exclude_if=lambda v: v is None)
    tokens: TokensView | None = Field(default=None, exclude_if=lambda v: v is None)
    reset_token: str | None = Field(
        default=None, exclude_if=lambda v: v is None, repr=False
    )
    expires_at: datetime | None = Field(default=None, exclude_if=lambda v: v is None)
