"""Refusals of pictures and forms."""

from keywright.shared.errors import AuthError


class PictureNotSupported(AuthError):
    """The file is not what it is called, or holds more than one plain picture."""

    code, status, title = (
        "picture_not_supported",
        415,
        "Send one plain PNG, JPEG or WebP picture under its own media type.",
    )


class MalformedForm(AuthError):
    """The body is no multipart form of the parts that the route takes."""

    code, status, title = (
        "malformed_form",
        400,
        "The body is not a valid multipart/form-data form.",
    )
