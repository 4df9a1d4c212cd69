"""Bodies of a refresh."""

from typing import Annotated

from pydantic import Field, StringConstraints

from keywright.features.sessions.schemas import TokensView
from keywright.shared.bodies import RequestBody, View


class RefreshRequest(RequestBody):
    """Names the refresh token, for a client that does not use cookies."""

    refresh_token: Annotated[str, StringConstraints(max_length=4096)] | None = Field(
        default=None, repr=False
    )


class RefreshedView(View):
    """A refreshed session; *tokens* only for a client that does not use cookies."""

    tokens: TokensView | None = Field(default=None, exclude_if=lambda v: v is None)
