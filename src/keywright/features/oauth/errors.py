"""Refusals about signing in with a provider."""

from keywright.shared.errors import AuthError


class ProviderUnknown(AuthError):
    """There is no such provider, or it is not configured."""

    code, status, title = "provider_unknown", 404, "This provider is not available."


class StateInvalid(AuthError):
    """The redirect did not begin here, in this browser, for this provider.

    Or it is used or too old; the client is not told which.
    """

    code, status, title = (
        "oauth_state_invalid",
        400,
        "This sign-in did not begin here or is over. Start again.",
    )


class ProviderDenied(AuthError):
    """The provider returned an error: the user declined, or it refuses this service."""

    code, status, title = (
        "provider_denied",
        400,
        "The sign-in at the provider was not completed.",
    )


class AnswerInvalid(AuthError):
    """What the provider says is not what was asked for, or not from that provider.

    The client is not told what is wrong with it.
    """

    code, status, title = (
        "provider_answer_invalid",
        400,
        "The provider's answer is not acceptable. Start again.",
    )


class ProviderUnavailable(AuthError):
    """The provider does not answer in time, or not in a form that can be read."""

    code, status, title = (
        "provider_unavailable",
        502,
        "The provider does not answer as it should. Try again later.",
    )


class ReturnToRefused(AuthError):
    """The place to return to is not on the list."""

    code, status, title = (
        "return_to_refused",
        400,
        "This address is not one to return to.",
    )


class ParameterRefused(AuthError):
    """The request has a parameter that this route does not take, or one twice."""

    code, status, title = (
        "parameter_refused",
        400,
        "This route does not take these parameters.",
    )


class TokenSignInUnsupported(AuthError):
    """The provider's tokens cannot be checked for whom they were issued."""

    code, status, title = (
        "token_sign_in_unsupported",
        400,
        "This provider does not offer sign-in by token. Use the redirect.",
    )
