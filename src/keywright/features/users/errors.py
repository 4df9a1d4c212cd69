"""Refusals about users."""

from keywright.shared.errors import AuthError


class EmailTaken(AuthError):
    """Another user has this address.

    Flows that must not tell which addresses are known catch it.
    """

    code, status, title = "email_taken", 409, "This e-mail address is already in use."


class AccountDeactivated(AuthError):
    """The user deactivated the account; told only after the right password."""

    code, status, title = (
        "account_deactivated",
        403,
        "This account is deactivated. Reactivate it to sign in.",
    )


class AccountBanned(AuthError):
    """An administrator closed the account; told only after the right password."""

    code, status, title = "account_banned", 403, "This account is closed."


class SignUpClosed(AuthError):
    """Nobody new is taken; told alike to everybody who is not a user yet."""

    code, status, title = "sign_up_closed", 403, "New accounts are not taken."
