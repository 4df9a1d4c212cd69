"""A completed sign-in on the wire."""

from pydantic import Field

from keywright.features.sessions.schemas import TokensView
from keywright.features.users.schemas import UserView
from keywright.shared.bodies import View


class SignedInView(View):
    """The user; *tokens* only for a client that does not use cookies."""

    user: UserView
    tokens: TokensView | None = Field(default=None, exclude_if=lambda v: v is None)
