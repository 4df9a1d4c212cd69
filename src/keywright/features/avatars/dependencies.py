"""What a PATCH of the profile asks for, as JSON or as a form with a picture.

A form is large and costly, so nothing of it is read before it is known who sends it
and that they have not sent too many.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from keywright.features.avatars.errors import MalformedForm
from keywright.features.avatars.policy import UPLOADS
from keywright.features.avatars.types import ProfileChange, Upload
from keywright.features.profile.schemas import ProfileRequest
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sessions.dependencies import authenticated
from keywright.shared.dependencies import services_of
from keywright.shared.errors import (
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
)
from keywright.shared.forms import FORM, FormError, Part, read_form
from keywright.shared.responses import AuthRoute
from keywright.shared.strict_requests import StrictRequest

_AROUND: Final = 16 * 1024
"""What a form may have besides its picture, in bytes."""

_FILE: Final = "avatar"


@dataclass(frozen=True, slots=True)
class UploadRules:
    """How large a picture may be, in bytes."""

    most_bytes: int


class PictureRoute(AuthRoute):
    """A route whose PATCH also takes a form, from signed-in users within limits."""

    async def read_body(self, request: StrictRequest) -> None:
        """Read the body, a form only after asking who sends it."""
        if not _is_form(request):
            await super().read_body(request)
            return
        if request.headers.get("content-encoding", "identity") != "identity":
            raise UnsupportedMediaType
        principal = await authenticated(request)
        services = services_of(request)
        limits = services.get(RateLimits)
        await limits.by_subject(UPLOADS, str(principal.user.id))
        most = services.get(UploadRules).most_bytes
        async with aclosing(request.chunks(most + _AROUND)) as chunks:
            try:
                parts = await read_form(request.headers["content-type"], chunks)
            except FormError:
                raise MalformedForm from None
        if any(len(part.content) > most for part in parts):
            raise BodyTooLarge
        request.state.parts = parts


async def profile_change(request: Request) -> ProfileChange:
    """Return what is to change, or raise the refusal that validation finds."""
    if _is_form(request):
        return _change_in(request.state.parts)
    sent = await request.json() if await request.body() else None
    return ProfileChange(name=_validated(sent).name)


RequestedChange = Annotated[ProfileChange, Depends(profile_change)]


def _is_form(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return request.method == "PATCH" and media_type.strip().lower() == FORM


def _change_in(parts: Sequence[Part]) -> ProfileChange:
    if any(count > 1 for count in Counter(part.name for part in parts).values()):
        raise MalformedForm
    files = {part.name: part for part in parts if part.filename is not None}
    picture = files.pop(_FILE, None)
    try:
        texts = {
            one.name: one.content.decode() for one in parts if one.filename is None
        }
    except UnicodeDecodeError:
        raise MalformedForm from None
    if _FILE in texts:
        raise ValidationFailed(errors={_FILE: ["must be a file"]})
    name = _validated({**texts, **files}).name
    # A page sends a nameless, empty file where nothing was chosen.
    if picture is None or not (picture.filename or picture.content):
        return ProfileChange(name)
    return ProfileChange(name, Upload(picture.content, picture.media_type))


def _validated(sent: Any) -> ProfileRequest:  # noqa: ANN401 - JSON of any shape
    try:
        return ProfileRequest.model_validate(sent)
    except ValidationError as error:
        found = [
            {**one, "loc": ("body", *one["loc"])}
            for one in error.errors(include_input=False, include_url=False)
        ]
        raise RequestValidationError(found) from None
