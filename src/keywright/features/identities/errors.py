"""Refusals about identities."""

from keywright.shared.errors import AuthError


class AccountExists(AuthError):
    """A user has proved the address that the provider vouches for.

    Told only after the provider has proved it: nobody learns about others' addresses.
    """

    code, status, title = (
        "account_exists",
        409,
        "There is an account with this address. Sign in to it, then link the provider.",
    )


class IdentityTaken(AuthError):
    """Another user signs in by this identity; the client is not told who."""

    code, status, title = (
        "identity_taken",
        409,
        "This account at the provider is linked to another user.",
    )


class ProviderLinked(AuthError):
    """The user has another identity of this provider already."""

    code, status, title = (
        "provider_linked",
        409,
        "You have linked another account of this provider. Unlink it first.",
    )


class NotLinked(AuthError):
    """The user has no identity of this provider."""

    code, status, title = "not_linked", 404, "This provider is not linked."


class LastFactor(AuthError):
    """Without this identity the user could not sign in any more."""

    code, status, title = (
        "last_factor",
        409,
        "This is your only way to sign in. Set a password or link another one first.",
    )
