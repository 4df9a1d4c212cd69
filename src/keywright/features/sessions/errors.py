"""Refusals about sessions."""

from keywright.shared.errors import AuthError


class SessionEnded(AuthError):
    """The session was ended, has expired, or its user changed.

    The client is not told which.
    """

    code, status, title = "session_ended", 401, "The session has ended. Sign in again."


class SessionNotFound(AuthError):
    """The user has no such session; another user's is answered the same."""

    code, status, title = "session_not_found", 404, "There is no such session."


class StepUpRequired(AuthError):
    """The act needs a sign-in that is more recent."""

    code, status, title = "step_up_required", 403, "Sign in again to do this."
