"""How a session or a user is named where everybody may read it."""

from uuid import UUID

from keywright.shared.secrets import digest, to_text

KEPT_BYTES = 16


def public_name(record_id: UUID) -> str:
    """Return a name for *record_id* that cannot be turned back into it.

    The first 16 bytes of the SHA-256 of the id as it stands in an access token's `sid`
    or `sub`, in base64url: long enough that no two ids share a name.
    """
    return to_text(digest(str(record_id).encode("ascii"))[:KEPT_BYTES])
