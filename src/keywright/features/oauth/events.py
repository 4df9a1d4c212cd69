"""What happened at the providers' doors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderSignInRefused:
    """A return from a provider, or a token of one, was refused.

    *code* is what the client is told, *reason* what is wrong with the answer.
    """

    provider: str
    code: str
    reason: str
