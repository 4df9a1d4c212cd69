"""Bodies of a reset."""

from datetime import datetime

from pydantic import Field

from keywright.features.challenges.schemas import FlowId, MailedToken, OtpCode
from keywright.features.challenges.service import Opened
from keywright.features.passwords.schemas import Password
from keywright.features.users.schemas import EmailAddress
from keywright.shared.bodies import RequestBody, View


class ForgotPasswordRequest(RequestBody):
    """Asks for a reset code."""

    email: EmailAddress


class VerifyResetRequest(RequestBody):
    """Exchanges the mailed code for a reset token."""

    email: EmailAddress
    otp_code: OtpCode = Field(repr=False)
    flow_id: FlowId | None = None


class ResetTokenView(View):
    """A token that sets a password once."""

    reset_token: str = Field(repr=False)
    expires_at: datetime


class ResetPasswordRequest(RequestBody):
    """Sets a password by a reset token."""

    reset_token: MailedToken = Field(repr=False)
    new_password: Password = Field(repr=False)


def reset_token_view(opened: Opened) -> ResetTokenView:
    """Return the token as shown to whoever proved the code."""
    return ResetTokenView(
        reset_token=opened.secret, expires_at=opened.challenge.expires_at
    )
