"""GET {provider} and its callback, GET providers, link, unlink, and id-token."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from keywright.features.identities.errors import (
    AccountExists,
    IdentityTaken,
    LastFactor,
    NotLinked,
    ProviderLinked,
)
from keywright.features.oauth.cookies import forget, remember, remembered
from keywright.features.oauth.dependencies import (
    RETURN_TO,
    OAuthService,
    PostedRoute,
    ProviderName,
    posted_answer,
    principal_if_any,
    redirect,
    require_only,
    returned_from,
    wants_json,
)
from keywright.features.oauth.errors import (
    AnswerInvalid,
    ParameterRefused,
    ProviderDenied,
    ProviderUnavailable,
    ProviderUnknown,
    ReturnToRefused,
    StateInvalid,
    TokenSignInUnsupported,
)
from keywright.features.oauth.schemas import (
    BegunView,
    LinkRequest,
    ProvidersView,
    TokenRequest,
    begun_view,
    providers_view,
)
from keywright.features.oauth.types import ForeignToken, Intent
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.types import Limit
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentDevice,
    RecentPrincipal,
)
from keywright.features.sessions.errors import SessionEnded, StepUpRequired
from keywright.features.sign_in.dependencies import deliver
from keywright.features.sign_in.errors import SecondFactorRequired
from keywright.features.sign_in.schemas import SignedInView
from keywright.features.users.dependencies import shown
from keywright.features.users.errors import (
    AccountBanned,
    AccountDeactivated,
    SignUpClosed,
)
from keywright.shared.errors import (
    AuthError,
    MethodNotAllowed,
    NotSignedIn,
    ValidationFailed,
)
from keywright.shared.responses import AuthRoute, Done, Reply, done, refusals, reply

STARTS = Limit("oauth", 30, timedelta(minutes=10))
RETURNS = Limit("oauth-callback", 30, timedelta(minutes=10))
POSTS = Limit("oauth-posted", 30, timedelta(minutes=10))
LINKS = Limit("oauth-link", 10, timedelta(minutes=10))
TOKENS = Limit("oauth-token", 10, timedelta(minutes=10))
ONWARD: dict[int | str, dict[str, Any]] = {
    303: {"description": "See Other: the browser goes on"}
}
OF_A_SIGN_IN = (
    ProviderUnknown,
    AnswerInvalid,
    ProviderUnavailable,
    AccountExists,
    SignUpClosed,
    SecondFactorRequired,
    AccountDeactivated,
    AccountBanned,
    ValidationFailed,
    RateLimited,
)
router = APIRouter(route_class=AuthRoute, tags=["providers"])
posted = APIRouter(route_class=PostedRoute, tags=["providers"])


@router.get("/providers")
async def list_providers(oauth: OAuthService) -> Reply[ProvidersView]:
    """List the providers that are offered."""
    view = providers_view(oauth.offered(), base=oauth.places.callbacks)
    return reply("The providers.", view)


@router.get(
    "/{provider}",
    response_model=Reply[BegunView],
    dependencies=[Depends(LimitedByClient(STARTS))],
    responses={
        **ONWARD,
        **refusals(
            ProviderUnknown,
            ProviderUnavailable,
            ReturnToRefused,
            ParameterRefused,
            ValidationFailed,
            RateLimited,
        ),
    },
)
async def begin(
    provider: ProviderName,
    request: Request,
    response: Response,
    oauth: OAuthService,
    cookies: Credentials,
    return_to: Annotated[str | None, Query(alias="returnTo")] = None,
) -> Reply[BegunView] | Response:
    """Send the browser to the provider; a client that asks for JSON gets the address.

    Nothing but `returnTo` can be chosen.
    """
    require_only(request, RETURN_TO)
    begun = await oauth.begin(provider, return_to=return_to)
    if wants_json(request, cookies):
        remember(response, cookies.cookies, begun.browser)
        return reply("Go to the provider.", begun_view(begun))
    onward = redirect(begun.url)
    remember(onward, cookies.cookies, begun.browser)
    return onward


@router.get(
    "/{provider}/callback",
    response_model=Reply[SignedInView],
    dependencies=[Depends(LimitedByClient(RETURNS))],
    responses={
        **ONWARD,
        **refusals(
            *OF_A_SIGN_IN,
            StateInvalid,
            ProviderDenied,
            ParameterRefused,
            SessionEnded,
            IdentityTaken,
            ProviderLinked,
        ),
    },
)
async def callback(
    provider: ProviderName,
    request: Request,
    response: Response,
    oauth: OAuthService,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[SignedInView] | Response:
    """Sign in, or link, whom the provider has proved; then go back to the front end.

    A browser is sent to where it began, with `?error=` and a code if it was refused.
    To `account_deactivated` belongs a cookie, which `reactivate` takes for its token.
    """
    as_json, target = wants_json(request, cookies), oauth.places.landing
    try:
        returned = returned_from(request)
        errand = await oauth.take(
            provider, returned, remembered(request, cookies.cookies)
        )
        target = errand.return_to
        answer = response if as_json else redirect(target)
        if errand.intent is Intent.LINK:
            principal = await principal_if_any(request)
            user = await oauth.link(errand, returned, principal=principal)
            view = SignedInView(user=await shown(request, user))
        else:
            signed_in = await oauth.sign_in(
                errand,
                returned,
                device=device,
                device_cookie=cookies.device_of(request),
            )
            view = await deliver(request, answer, cookies, signed_in)
    except AuthError as error:
        if as_json:
            raise
        answer = redirect(target, error=error.code)
        if isinstance(error, AccountDeactivated) and error.data:
            cookies.offer_reactivation(answer, error.data["reactivationToken"])
    forget(answer, cookies.cookies)
    return reply("Signed in.", view) if as_json else answer


@router.post(
    "/{provider}/link",
    dependencies=[Depends(LimitedByClient(LINKS))],
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        StepUpRequired,
        ProviderUnknown,
        ProviderUnavailable,
        ReturnToRefused,
        ValidationFailed,
        RateLimited,
    ),
)
async def link(
    provider: ProviderName,
    response: Response,
    oauth: OAuthService,
    principal: RecentPrincipal,
    cookies: Credentials,
    body: LinkRequest | None = None,
) -> Reply[BegunView]:
    """Return where to send the browser to link it, which ends at the callback."""
    return_to = body.return_to if body else None
    begun = await oauth.begin_link(provider, principal, return_to=return_to)
    remember(response, cookies.cookies, begun.browser)
    return reply("Go to the provider.", begun_view(begun))


@router.delete(
    "/{provider}/link",
    dependencies=[Depends(LimitedByClient(LINKS))],
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        StepUpRequired,
        NotLinked,
        LastFactor,
        ValidationFailed,
        RateLimited,
    ),
)
async def unlink(
    provider: ProviderName, oauth: OAuthService, principal: RecentPrincipal
) -> Done:
    """Take the provider from the signed-in user's ways in; the last one stays."""
    await oauth.unlink(principal, provider)
    return done("The provider is unlinked.")


@router.post(
    "/{provider}/id-token",
    dependencies=[Depends(LimitedByClient(TOKENS))],
    responses=refusals(*OF_A_SIGN_IN, TokenSignInUnsupported),
)
async def sign_in_by_token(
    provider: ProviderName,
    body: TokenRequest,
    request: Request,
    response: Response,
    oauth: OAuthService,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[SignedInView]:
    """Sign in by a token that an app got from the provider; each works once."""
    if (body.id_token is None) == (body.access_token is None):
        raise ValidationFailed(errors={"idToken": ["one token must be given"]})
    token = ForeignToken(body.id_token or "", body.access_token or "", body.nonce)
    signed_in = await oauth.sign_in_by_token(
        provider, token, device=device, device_cookie=cookies.device_of(request)
    )
    return reply("Signed in.", await deliver(request, response, cookies, signed_in))


@posted.post(
    "/{provider}/callback",
    status_code=303,
    response_class=Response,
    dependencies=[Depends(LimitedByClient(POSTS))],
    responses=refusals(
        ProviderUnknown,
        MethodNotAllowed,
        ParameterRefused,
        ValidationFailed,
        RateLimited,
    ),
)
async def posted_callback(
    provider: ProviderName, request: Request, oauth: OAuthService
) -> Response:
    """Send the browser on to the callback with what a provider's page posted.

    Nothing is decided here: on the way there its cookies come along again.
    """
    return redirect(f"{oauth.callback_of(provider)}?{posted_answer(request)}")


router.include_router(posted)
