"""Bodies of backend-starter."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from keywright.features.passwords.schemas import Password
from keywright.features.sessions.types import Credentials
from keywright.features.users.schemas import EmailAddress
from keywright.features.users.types import User
from keywright.shared.bodies import PersonName, RequestBody, View

FullName = Annotated[PersonName, StringConstraints(min_length=3, max_length=80)]


class SignUpRequest(RequestBody):
    """Asks for a user, who is signed in at once."""

    full_name: FullName
    email: EmailAddress
    password: Password = Field(repr=False)


class PublicUser(View):
    """A user."""

    id: UUID
    email: str
    full_name: str
    role: str


class SignedInView(View):
    """An access token, to be presented as a bearer, and whose it is."""

    access_token: str
    user: PublicUser


class RefreshedView(View):
    """A new access token."""

    access_token: str


class CurrentUserView(PublicUser):
    """The signed-in user."""

    created_at: datetime


class MeView(View):
    """The signed-in user."""

    user: CurrentUserView


class HealthView(View):
    """That the service answers."""

    ok: bool = True


def signed_in_view(user: User, in_body: Credentials) -> SignedInView:
    """Return what a sign-in answers."""
    public = PublicUser(
        id=user.id, email=user.email, full_name=user.name, role=user.role
    )
    return SignedInView(access_token=in_body.access, user=public)


def me_view(user: User) -> MeView:
    """Return *user* as shown to themselves."""
    return MeView(
        user=CurrentUserView(
            id=user.id,
            email=user.email,
            full_name=user.name,
            role=user.role,
            created_at=user.created_at,
        )
    )
