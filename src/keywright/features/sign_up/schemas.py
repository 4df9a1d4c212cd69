"""Bodies of a sign-up."""

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from keywright.features.challenges.schemas import FlowId, OtpCode
from keywright.features.passwords.schemas import Password
from keywright.features.users.schemas import EmailAddress, UserView
from keywright.shared.bodies import PersonName, RequestBody, View
from keywright.shared.settings import Wrong

Name = Annotated[PersonName, StringConstraints(min_length=3, max_length=50)]


class SignUpRequest(RequestBody):
    """Asks for an account; it exists once the address is proved."""

    name: Name
    email: EmailAddress
    password: Password = Field(repr=False)
    confirm_password: Password = Field(repr=False)

    @field_validator("confirm_password")
    @classmethod
    def _same_password(cls, repeated: str, info: ValidationInfo) -> str:
        # A password that is refused itself is not among the data.
        if repeated != info.data.get("password", repeated):
            raise Wrong("must be the same as password")
        return repeated


class VerifyRequest(RequestBody):
    """Proves the address by the mailed code."""

    email: EmailAddress
    otp_code: OtpCode = Field(repr=False)
    flow_id: FlowId | None = None


class VerifiedView(View):
    """The new user, not signed in yet."""

    user: UserView
