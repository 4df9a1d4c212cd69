"""Nobody signs in with a provider."""

from tests.contracts.held import Held as Linked

__all__ = ["Linked"]
