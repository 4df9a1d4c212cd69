"""How a completed sign-in is handed to the client."""

from fastapi import Request, Response

from keywright.features.sessions.cookies import CredentialCookies
from keywright.features.sessions.dependencies import Gate
from keywright.features.sessions.schemas import tokens_view
from keywright.features.sessions.types import Credentials
from keywright.features.sign_in.schemas import SignedInView
from keywright.features.sign_in.types import SignedIn
from keywright.features.users.dependencies import shown
from keywright.shared.dependencies import services_of


async def deliver(
    request: Request,
    response: Response,
    cookies: CredentialCookies,
    signed_in: SignedIn,
) -> SignedInView:
    """Hand out the credentials and return the body."""
    in_body = await hand_out(request, response, cookies, signed_in)
    user = await shown(request, signed_in.user)
    return SignedInView(user=user, tokens=tokens_view(in_body))


async def hand_out(
    request: Request,
    response: Response,
    cookies: CredentialCookies,
    signed_in: SignedIn,
) -> Credentials | None:
    """Hand out the credentials, remember the device, and return what is for the body.

    The session whose cookies are replaced ends: nobody could use or see it otherwise.
    """
    replaced = cookies.replaceable(request)
    if replaced is not None:
        await services_of(request).get(Gate).sign_out(replaced)
    in_body = cookies.deliver(request, response, signed_in.credentials)
    cookies.remember_device(request, response, signed_in.device_cookie)
    return in_body
