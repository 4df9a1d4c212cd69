"""Bodies about the profile."""

from typing import Annotated

from pydantic import StringConstraints

from keywright.features.users.schemas import UserView
from keywright.shared.bodies import PersonName, RequestBody, View


class ProfileRequest(RequestBody):
    """New values; what is absent stays as it is."""

    name: (
        Annotated[PersonName, StringConstraints(min_length=3, max_length=50)] | None
    ) = None


class ProfileView(View):
    """The signed-in user."""

    user: UserView
