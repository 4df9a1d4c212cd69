"""A route of somebody else that reads access tokens."""

from fastapi import APIRouter

from keywright.features.refresh_tokens.dependencies import VerifiedAuth

CHECKED = APIRouter(prefix="/shop")


@CHECKED.get("/checked")
async def checked(auth: VerifiedAuth) -> dict[str, str]:
    """Show who asks, as the access token says."""
    return {"user": str(auth.user_id)}
