"""What sign-in with providers needs kept.

A slot: copied code without providers has none of it.
"""

from dataclasses import dataclass
from typing import Protocol

from keywright.features.identities.store import IdentityStore, SealedTokenStore
from keywright.features.oauth.store import TransactionStore
from tests.contracts.held import Held


class Identities(IdentityStore, SealedTokenStore, Protocol):
    """What the class of every backend implements."""


@dataclass(frozen=True, slots=True)
class Linked(Held):
    """Who somebody is at providers, and sign-ins that are under way."""

    identities: Identities
    transactions: TransactionStore
