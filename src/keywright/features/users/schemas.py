"""Users on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator

from keywright.features.users.policy import (
    avatar_urls,
    canonical_email,
    has_mailbox,
)
from keywright.features.users.types import Avatar, User
from keywright.shared.bodies import PlainText, View

EmailAddress = Annotated[PlainText, AfterValidator(canonical_email)]
"""An address in its canonical spelling."""


class AvatarView(View):
    """A stored picture: the largest square, its bytes, and all squares by edge."""

    url: str
    size: int
    sizes: dict[str, str]


class UserView(View):
    """What users are shown of themselves; without a mailbox *email* is null."""

    id: UUID
    name: str
    email: str | None
    role: str
    avatar: AvatarView | None
    is_email_verified: bool
    providers: list[str]
    last_login_at: datetime | None
    created_at: datetime
    updated_at: datetime


def user_view(user: User, providers: tuple[str, ...] = ()) -> UserView:
    """Return *user* as shown; *providers* are the ways in besides a code."""
    password = ("password",) if user.password_hash else ()
    return UserView(
        id=user.id,
        name=user.name,
        email=user.email if has_mailbox(user) else None,
        role=user.role,
        avatar=_avatar_view(user.avatar) if user.avatar else None,
        is_email_verified=user.is_email_verified,
        providers=[*password, *providers],
        last_login_at=user.last_login_at,
        created_at=user.created_at,
        updated_at=user.updated_at,
    )


def _avatar_view(avatar: Avatar) -> AvatarView:
    sizes = dict(avatar_urls(avatar))
    return AvatarView(url=avatar.url, size=avatar.size, sizes=sizes)
