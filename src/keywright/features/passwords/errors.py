"""Refusals about passwords."""

from keywright.shared.errors import AuthError


class InvalidCredentials(AuthError):
    """No such user, a wrong password, too many tries, or no password at all.

    The client is not told which; neither does the time of the answer.
    """

    code, status, title = (
        "invalid_credentials",
        401,
        "The e-mail address or the password is wrong.",
    )


class WrongPassword(AuthError):
    """The current password of a signed-in user is wrong, or was tried too often."""

    code, status, title = "wrong_password", 401, "The current password is wrong."


class EmailNotVerified(AuthError):
    """The address was never proved; told only after the right password."""

    code, status, title = (
        "email_not_verified",
        403,
        "Verify your e-mail address before you sign in.",
    )


class PasswordRefused(AuthError):
    """The new password breaks a rule; `errors` says which."""

    code, status, title = "password_refused", 422, "Choose another password."
