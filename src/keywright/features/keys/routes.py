"""GET .well-known/jwks.json."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from keywright.features.keys.service import SigningKeys
from keywright.shared.dependencies import services_of
from keywright.shared.routing import finished

KEEP_FOR = "public, max-age=300"
router = APIRouter(tags=["keys"])


@router.get("/.well-known/jwks.json")
async def jwks(request: Request) -> Response:
    """Show the public keys that access tokens are checked with (RFC 7517)."""
    keys = services_of(request).get(SigningKeys)
    public = JSONResponse(keys.ring.jwks(), headers={"Cache-Control": KEEP_FOR})
    return finished(request, public)
