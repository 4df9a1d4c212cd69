"""Bodies about giving up an account."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from keywright.features.challenges.schemas import MailedToken
from keywright.features.passwords.schemas import Password
from keywright.shared.bodies import RequestBody, View


class DeletionRequest(RequestBody):
    """Asks for the mail that gives up the account."""

    type: Literal["soft", "hard"]
    password: Password | None = Field(default=None, repr=False)


class DeletionRequestedView(View):
    """Until when the token is good; *token* only for users without a mailbox."""

    expires_at: datetime
    token: str | None = Field(
        default=None, repr=False, exclude_if=lambda token: token is None
    )


class ConfirmDeletionRequest(RequestBody):
    """Carries out the deletion by the mailed token."""

    token: MailedToken = Field(repr=False)


class ReactivationRequest(RequestBody):
    """Makes a deactivated account active again; without a token by the cookie's."""

    reactivation_token: MailedToken | None = Field(default=None, repr=False)
