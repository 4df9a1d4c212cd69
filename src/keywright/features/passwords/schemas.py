"""Bodies about passwords."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from keywright.features.users.schemas import EmailAddress
from keywright.shared.bodies import RequestBody, unicode_text

LONGEST_INPUT = 1024
Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_INPUT),
    AfterValidator(unicode_text),
]
"""A password as typed; whether it is a good one is not decided here."""


class SignInRequest(RequestBody):
    """Signs in by password."""

    email: EmailAddress
    password: Password = Field(repr=False)


class ChangePasswordRequest(RequestBody):
    """Replaces the password of the signed-in user."""

    old_password: Password = Field(repr=False)
    new_password: Password = Field(repr=False)
