"""Refusals: one class each, with a code that stays the same for ever."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar


class AuthError(Exception):
    """A refusal that the client is told.

    `code` is stable, `status` is the HTTP status it suggests, `title` says in one
    sentence what happened and what to do. *retry_after* is when a repetition makes
    sense, *errors* names the members of the body that were refused, *data* is what
    the client needs to go on.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused."

    def __init__(
        self,
        *,
        retry_after: timedelta | None = None,
        errors: Mapping[str, Sequence[str]] | None = None,
        data: Mapping[str, object] | None = None,
    ) -> None:
        """Take what the client is told beyond the code and the title."""
        super().__init__(self.code)
        self.retry_after = retry_after
        self.errors = errors
        self.data = data


class ValidationFailed(AuthError):
    """Members of the body have the right type but a value that is refused.

    The values themselves are never repeated.
    """

    code, status, title = "validation_failed", 422, "Some values are not acceptable."


class MalformedBody(AuthError):
    """The body is not what its media type promises."""

    code, status, title = "malformed_body", 400, "The body is not valid JSON in UTF-8."


class BodyTooLarge(AuthError):
    """The body is larger than the route takes."""

    code, status, title = "body_too_large", 413, "The body is too large."


class UnsupportedMediaType(AuthError):
    """The route does not take this media type, or no compressed bodies."""

    code, status, title = (
        "unsupported_media_type",
        415,
        "Send the body as application/json without compression.",
    )


class CrossSiteRequest(AuthError):
    """The request may come from another site's page."""

    code, status, title = (
        "cross_site_request",
        403,
        "Requests with cookies need an Origin header that names an allowed origin.",
    )


class AmbiguousRequest(AuthError):
    """A cookie, header or credential was sent twice; none of them is preferred."""

    code, status, title = (
        "ambiguous_request",
        400,
        "The request names the same thing twice. Send it once.",
    )


class NotSignedIn(AuthError):
    """There is no credential, or none that is good.

    The client is not told what is wrong with the one it sent.
    """

    code, status, title = "not_signed_in", 401, "Sign in to continue."


class NotAllowed(AuthError):
    """The user is known but the role does not suffice."""

    code, status, title = "not_allowed", 403, "You may not do this."


class NotFound(AuthError):
    """There is no such thing, or it belongs to somebody else."""

    code, status, title = "not_found", 404, "There is nothing here."


class MethodNotAllowed(AuthError):
    """The path exists, for other methods."""

    code, status, title = "method_not_allowed", 405, "This method is not supported."


class TooManyRequests(AuthError):
    """Too many requests of one kind from one client or about one account."""

    code, status, title = "rate_limited", 429, "Too many requests. Wait and try again."


class HeadersTooLarge(AuthError):
    """The request has more headers or cookies than any client of ours needs."""

    code, status, title = (
        "headers_too_large",
        431,
        "The headers of the request are too many or too large.",
    )


class StoreUnavailable(AuthError):
    """A store did not answer in time; nothing is known to have changed.

    `place` names the store for operators, with its host and port; clients are not told.
    """

    code, status, title = (
        "store_unavailable",
        503,
        "The service is not available at the moment. Try again.",
    )

    def __init__(self, place: str = "") -> None:
        """Ask the client to come back in two seconds."""
        super().__init__(retry_after=timedelta(seconds=2))
        self.place = place
        if place:
            self.add_note(f"{place} does not answer.")


class Busy(AuthError):
    """More work of a costly kind is waiting than can be done in time."""

    code, status, title = "busy", 503, "The service is busy. Try again."


class InternalError(AuthError):
    """A programming error; the client is told nothing about it."""

    code, status, title = "internal_error", 500, "Something went wrong on our side."
