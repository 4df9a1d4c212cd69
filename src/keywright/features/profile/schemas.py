"""Bodies about the profile."""

from typing import Annotated, Any, Final

from pydantic import StringConstraints

from keywright.features.users.schemas import UserView
from keywright.shared.bodies import PersonName, RequestBody, View
from keywright.shared.forms import FORM


class ProfileRequest(RequestBody):
    """New values; what is absent stays as it is."""

    name: (
        Annotated[PersonName, StringConstraints(min_length=3, max_length=50)] | None
    ) = None


class ProfileView(View):
    """The signed-in user."""

    user: UserView


def _documented() -> dict[str, Any]:
    schema = ProfileRequest.model_json_schema()
    name = schema["properties"]["name"]["anyOf"][0]
    avatar = {"type": "string", "format": "binary", "title": "Avatar"}
    form = {**schema, "properties": {"name": name, "avatar": avatar}}
    return {
        "required": True,
        "content": {"application/json": {"schema": schema}, FORM: {"schema": form}},
    }


PROFILE_BODY: Final[dict[str, Any]] = {"requestBody": _documented()}
"""What OpenAPI says of a change: JSON, or a form with a picture."""
