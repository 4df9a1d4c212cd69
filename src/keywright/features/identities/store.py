"""Where identities are kept."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from keywright.features.identities.types import Identity, SealedTokens
from keywright.features.outbox.types import Letter
from keywright.features.users.types import User


class IdentityStore(Protocol):
    """Identities; each method is one atomic step.

    Issuer and subject are unique together, and so are user and provider. A *letter* is
    recorded in the same step, if and only if the step succeeds.
    """

    async def enrol(self, user: User, identity: Identity) -> None:
        """Add *user* with *identity*, or neither: `EmailTaken` or `IdentityTaken`."""

    async def link(
        self, identity: Identity, *, epoch: int, letter: Letter | None
    ) -> bool:
        """Add *identity* to its user; False unless that one is active at *epoch*.

        Raise `IdentityTaken` if any user has it, or `ProviderLinked` if its user has
        another of the same provider. What raises the epoch comes before or after:
        nothing is added to a user who was banned, removed or given a new password.
        """

    async def by_subject(self, issuer: str, subject: str) -> Identity | None:
        """Return the identity with exactly these texts, or None."""

    async def of_user(self, user_id: UUID) -> Sequence[Identity]:
        """Return the identities of the user, those first that were linked first."""

    async def keep(self, identity_id: UUID, tokens: SealedTokens | None) -> bool:
        """Replace the tokens of the identity; False if there is none of that id.

        A refresh token stays where *tokens* bring none; None removes all of them.
        """

    async def unlink(
        self,
        identity_id: UUID,
        user_id: UUID,
        *,
        keep_one: bool,
        letter: Letter | None,
    ) -> bool:
        """Remove the identity of that user; False if there is none.

        With *keep_one* raise `LastFactor` if it is the user's only one: of any number
        of concurrent calls for one user, at least one identity stays.
        """

    async def forget(self, user_id: UUID) -> int:
        """Remove all identities of the user; return how many."""


class SealedTokenStore(Protocol):
    """Goes through all tokens that are kept; each method is one atomic step."""

    async def following(self, last: UUID | None, *, most: int) -> Sequence[Identity]:
        """Return up to *most* identities with tokens, in the order of their ids.

        Their ids follow *last*; None stands before the first.
        """

    async def reseal(
        self, identity_id: UUID, *, old: SealedTokens, new: SealedTokens
    ) -> bool:
        """Replace *old* by *new*, the same tokens; False if they are not *old*."""
