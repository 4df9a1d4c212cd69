"""What may follow from an identity that no user has yet.

An address alone never joins two accounts: whoever can make a provider say an address
would take over its owner's account, and whoever signs up first with somebody else's
would wait in the account that the owner gets later. So:

- an address that is missing or not trusted finds nobody and is nobody's: a new user
  without a mailbox;
- a trusted one that no user has: a new user who has proved it;
- a trusted one of a user who has proved it: no sign-in, until the account is proved;
- a trusted one of a user who never proved it: that user is swept away with everything,
  then a new one who has.
"""

from collections.abc import Sequence

from keywright.features.identities.types import Identity, Proven
from keywright.features.users.types import User


def trusted_email(proven: Proven) -> str | None:
    """Return the address for which the provider is an authority, or None."""
    return proven.email if proven.is_email_trusted else None


def gives_way(local: User) -> bool:
    """Say whether *local* makes room for whoever proves the address: never proved it.

    Otherwise it is an account to be proved before anything is linked to it.
    """
    return not local.is_email_verified


def is_last_factor(user: User, identities: Sequence[Identity]) -> bool:
    """Say whether *user* could not sign in any more without one of *identities*."""
    return user.password_hash is None and len(identities) <= 1
