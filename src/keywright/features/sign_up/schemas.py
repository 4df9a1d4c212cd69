"""Bodies of a sign-up."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

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

    @model_validator(mode="after")
    def _same_password(self) -> Self:
        if self.password != self.confirm_password:
            raise Wrong("password and confirmPassword must be equal")
        return self


class VerifyRequest(RequestBody):
    """Proves the address by the mailed code."""

    email: EmailAddress
    otp_code: OtpCode = Field(repr=False)
    flow_id: FlowId | None = None


class VerifiedView(View):
    """The new user, not signed in yet."""

    user: UserView
