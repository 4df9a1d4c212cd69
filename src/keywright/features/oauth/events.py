"""What happened at the providers' doors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderSignInRefused:
    """A return from a provider, or a token of one, was refused; *reason* is a code."""

    provider: str
    reason: str
