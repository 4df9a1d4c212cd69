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

import json
from collections.abc import Sequence
from datetime import datetime

from keywright.features.identities.types import Identity, Proven, ProviderTokens
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


def write_access(tokens: ProviderTokens) -> bytes:
    """Return everything but the refresh token as text, to be sealed."""
    ends = tokens.expires_at and tokens.expires_at.isoformat()
    return json.dumps([tokens.access, tokens.scope, ends]).encode()


def read_tokens(access: bytes, refresh: bytes) -> ProviderTokens:
    """Return what `write_access` wrote, with the refresh token."""
    token, scope, ends = json.loads(access)
    expires_at = datetime.fromisoformat(ends) if ends else None
    return ProviderTokens(token, refresh.decode(), scope, expires_at)
