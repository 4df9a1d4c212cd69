"""Bodies of auth-service: plain, with a message."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from keywright.features.passwords.schemas import Password
from keywright.features.registration.types import Person
from keywright.features.users.schemas import EmailAddress
from keywright.features.users.types import User
from keywright.shared.bodies import PersonName, RequestBody, View

Name = Annotated[PersonName, StringConstraints(min_length=1, max_length=99)]
"""Part of a name; both and a space between them fit the displayed one."""


class RegisterRequest(RequestBody):
    """Asks for a user, who is signed in at once."""

    first_name: Name
    last_name: Name
    email: EmailAddress
    password: Password = Field(repr=False)

    def person(self) -> Person:
        """Return who registers."""
        return Person(
            name=f"{self.first_name} {self.last_name}",
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
        )


class Told(View):
    """What happened."""

    message: str


class WhoView(Told):
    """What happened, and to whom."""

    user_id: UUID


class SelfUser(View):
    """The signed-in user."""

    id: UUID
    first_name: str
    last_name: str
    email: str
    role: str
    created_at: datetime
    updated_at: datetime


class SelfView(Told):
    """The signed-in user, with a message."""

    user: SelfUser


def self_user(user: User) -> SelfUser:
    """Return *user* as shown; one who has only a whole name has it as the first."""
    return SelfUser(
        id=user.id,
        first_name=user.name if user.first_name is None else user.first_name,
        last_name=user.last_name or "",
        email=user.email,
        role=user.role,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )
