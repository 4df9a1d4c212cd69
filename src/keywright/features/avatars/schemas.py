"""What OpenAPI says of a change of the profile."""

from typing import Any, Final

from keywright.features.profile.schemas import ProfileRequest
from keywright.shared.forms import FORM


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
