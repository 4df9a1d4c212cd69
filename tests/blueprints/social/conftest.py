"""The fixtures of signing in with a provider."""

from tests.providers.fixtures import issuer, journey, listening_issuer, social

__all__ = ["issuer", "journey", "listening_issuer", "social"]
