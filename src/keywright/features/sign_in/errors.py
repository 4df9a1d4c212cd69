"""Refusals at the door."""

from keywright.shared.errors import AuthError


class SecondFactorRequired(AuthError):
    """The first factor was right; a second one is asked for. No session exists yet."""

    code, status, title = (
        "second_factor_required",
        403,
        "Confirm the sign-in with your second factor.",
    )
