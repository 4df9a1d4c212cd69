"""Users for tests."""

from datetime import datetime
from uuid import UUID

from keywright.features.users.types import Avatar, Status, User
from keywright.shared.secrets import new_id
from tests.instants import NOW


def user(
    *,
    id: UUID | None = None,  # noqa: A002 - named as the member
    name: str = "Ada Lovelace",
    email: str | None = None,
    password_hash: str | None = "sealed hash",
    role: str = "user",
    is_email_verified: bool = True,
    created_at: datetime = NOW,
    updated_at: datetime | None = None,
    status: Status = Status.ACTIVE,
    purge_after: datetime | None = None,
    avatar: Avatar | None = None,
    last_login_at: datetime | None = None,
    epoch: int = 0,
    first_name: str | None = None,
    last_name: str | None = None,
) -> User:
    """Return a user who can sign in, with an id and an address nobody else has."""
    user_id = id if id is not None else new_id()
    return User(
        id=user_id,
        name=name,
        email=email if email is not None else f"{user_id.hex}@example.com",
        password_hash=password_hash,
        role=role,
        is_email_verified=is_email_verified,
        created_at=created_at,
        updated_at=updated_at if updated_at is not None else created_at,
        status=status,
        purge_after=purge_after,
        avatar=avatar,
        last_login_at=last_login_at,
        epoch=epoch,
        first_name=first_name,
        last_name=last_name,
    )


def avatar(*, key: str = "avatars/1.webp", size: int = 2048) -> Avatar:
    """Return a stored picture."""
    return Avatar(key=key, url=f"https://files.example.com/{key}", size=size)
