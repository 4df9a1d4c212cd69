"""What only this contract has: codes of four types, and giving up the account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.blueprints.foundation.gateways import (
    ANY_METHOD,
    ANY_PATH,
    answered,
    for_envoy,
)
from keywright.blueprints.stateless_auth.schemas import (
    CodeProof,
    CodeRequest,
    ProvedView,
)
from keywright.blueprints.stateless_auth.types import Codes
from keywright.features.account_deletion.routes import (
    DELETIONS,
    FRESH,
    Deletion,
    reactivate,
)
from keywright.features.account_deletion.schemas import DeletionRequest
from keywright.features.account_deletion.types import DeletionKind
from keywright.features.challenges.errors import (
    CodeInvalid,
    ProofInUse,
    TokenNotValid,
    TooSoon,
)
from keywright.features.challenges.policy import OTP_REQUESTS, OTP_TRIES
from keywright.features.challenges.schemas import FlowView, flow_view
from keywright.features.challenges.service import Opened
from keywright.features.passwords.errors import (
    EmailNotVerified,
    InvalidCredentials,
    WrongPassword,
)
from keywright.features.passwords.policy import SIGN_INS
from keywright.features.passwords.routes import Door
from keywright.features.passwords.schemas import SignInRequest
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.refresh_tokens.dependencies import AccessGate
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentDevice,
    Gate,
    RecentPrincipal,
    authenticated,
)
from keywright.features.sessions.errors import SessionEnded, StepUpRequired
from keywright.features.sign_in.dependencies import deliver
from keywright.features.sign_in.schemas import SignedInView
from keywright.features.users.errors import (
    AccountBanned,
    AccountDeactivated,
    SignUpClosed,
)
from keywright.features.users.schemas import user_view
from keywright.shared.dependencies import provide, services_of
from keywright.shared.errors import AuthError, Busy, NotSignedIn, ValidationFailed
from keywright.shared.responses import (
    AuthRoute,
    Done,
    Reply,
    done,
    refusal,
    refusals,
    reply,
)
from keywright.shared.routing import client_of, finished
from keywright.shared.strict_requests import require_single

router = APIRouter(route_class=AuthRoute)
CODE_SENT = "If the address has an account, a code was sent to it."
UNKNOWN = (NotSignedIn, SessionEnded)
CLOSED = (AccountDeactivated, AccountBanned)
CodesService = Annotated[Codes, Depends(provide(Codes))]


@router.post(
    "/request-otp",
    status_code=202,
    dependencies=[Depends(LimitedByClient(OTP_REQUESTS))],
    responses=refusals(
        SignUpClosed, CodeInvalid, TooSoon, *UNKNOWN, ValidationFailed, RateLimited
    ),
    tags=["codes"],
)
async def request_code(
    body: CodeRequest,
    request: Request,
    response: Response,
    codes: CodesService,
    cookies: Credentials,
) -> Reply[FlowView]:
    """Mail a code; an unknown address gets the same answer.

    Codes for a changed password are for signed-in users, those for a sign-up for the
    flow that it opened.
    """
    client, device = client_of(request), cookies.device_of(request)
    match body.otp_type:
        case "email-verification":
            flow_id = cookies.flow_of(request, body.flow_id)
            opened = await codes.sign_up.resend(flow_id)
        case "signin":
            opened = await codes.sign_in.start(
                body.email, client=client, device_cookie=device
            )
        case "password-reset":
            opened = await codes.reset.start(
                body.email, client=client, device_cookie=device
            )
        case "password-change":
            principal = await authenticated(request)
            if principal.user.email != body.email:
                raise ValidationFailed(errors={"email": ["is not your address"]})
            opened = await codes.change.start(
                body.email, client=client, device_cookie=device
            )
    cookies.start_flow(request, response, opened.flow_id)
    return reply(CODE_SENT, flow_view(opened), status=202)


@router.post(
    "/verify-otp",
    dependencies=[Depends(LimitedByClient(OTP_TRIES))],
    responses=refusals(
        CodeInvalid, ProofInUse, SignUpClosed, *CLOSED, ValidationFailed, RateLimited
    ),
    tags=["codes"],
)
async def verify_code(
    body: CodeProof,
    request: Request,
    response: Response,
    codes: CodesService,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[ProvedView]:
    """Exchange the code for what its type gives: a user, a sign-in, a reset token."""
    flow_id, cookie = cookies.flow_of(request, body.flow_id), cookies.device_of(request)
    proof = {"email": body.email, "code": body.otp_code, "flow_id": flow_id}
    match body.otp_type:
        case "email-verification":
            user = await codes.sign_up.verify(**proof)
            view, text = ProvedView(user=user_view(user)), "Your address is verified."
        case "signin":
            signed_in = await codes.sign_in.complete(
                **proof, device=device, device_cookie=cookie
            )
            shown = await deliver(request, response, cookies, signed_in)
            view = ProvedView(user=shown.user, tokens=shown.tokens)
            text = "Signed in."
        case "password-reset":
            token = await codes.reset.verify(**proof)
            view, text = _token(token), "The code is right."
        case "password-change":
            token = await codes.change.verify(**proof)
            view, text = _token(token), "The code is right."
    cookies.end_flow(request, response)
    return reply(text, view)


@router.post(
    "/signin",
    dependencies=[Depends(LimitedByClient(SIGN_INS))],
    responses={
        **refusals(
            InvalidCredentials,
            EmailNotVerified,
            *CLOSED,
            ValidationFailed,
            RateLimited,
            Busy,
        ),
        202: {"model": Reply[FlowView], "description": "A code was sent"},
    },
    tags=["sign-in"],
)
async def sign_in(
    body: SignInRequest,
    request: Request,
    response: Response,
    door: Door,
    codes: CodesService,
    device: CurrentDevice,
    cookies: Credentials,
) -> Reply[SignedInView] | Reply[FlowView]:
    """Open a session, or mail the code that has to follow the password.

    The tokens go into cookies unless the client asks for them.
    """
    cookie = cookies.device_of(request)
    if not codes.signs_in_twice:
        signed_in = await door.sign_in(
            body.email, body.password, device=device, device_cookie=cookie
        )
        view = await deliver(request, response, cookies, signed_in)
        return reply("Signed in.", view)
    client = client_of(request)
    await door.check(body.email, body.password, client=client, device_cookie=cookie)
    opened = await codes.sign_in.start(
        body.email, client=client, device_cookie=cookie, amr=("pwd",)
    )
    cookies.start_flow(request, response, opened.flow_id)
    response.status_code = 202
    return reply("A code was sent to your address.", flow_view(opened), status=202)


@router.delete(
    "/delete-account",
    dependencies=[Depends(LimitedByClient(DELETIONS))],
    responses=refusals(
        *UNKNOWN,
        StepUpRequired,
        WrongPassword,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
    tags=["account"],
)
async def delete_account(
    body: DeletionRequest,
    request: Request,
    response: Response,
    principal: RecentPrincipal,
    deletion: Deletion,
    door: Door,
    gate: Annotated[Gate, Depends(provide(Gate))],
    cookies: Credentials,
) -> Done:
    """Deactivate the account for its grace period, or remove it at once.

    Users with a password show it; others must have signed in within five minutes.
    """
    user = principal.user
    if user.password_hash is not None:
        if body.password is None:
            raise ValidationFailed(errors={"password": ["must be given"]})
        await door.require(
            user, body.password, device_cookie=cookies.device_of(request)
        )
    elif gate.now() - principal.auth_time > FRESH:
        raise StepUpRequired
    kind = DeletionKind(body.type)
    if not await deletion.carry_out(user, kind):
        raise SessionEnded
    cookies.clear_all(request, response)
    is_gone = kind is DeletionKind.HARD
    return done(f"The account is {'deleted' if is_gone else 'deactivated'}.")


router.put(
    "/reactivate-account",
    dependencies=[Depends(LimitedByClient(DELETIONS))],
    responses=refusals(TokenNotValid, ProofInUse, ValidationFailed, RateLimited),
    tags=["account"],
)(reactivate)


@router.get(
    "/verify",
    status_code=204,
    response_class=Response,
    responses=refusals(NotSignedIn),
    tags=["gateways"],
)
async def verify(request: Request) -> Response:
    """Answer 204 with who the access token names, or 401; no store is asked.

    Served by a plain route that comes first; as one of these it is only documented.
    """
    try:
        require_single(request)
        gate = services_of(request).get(AccessGate)
        claims = gate.check(gate.cookies.presented(request))
    except AuthError as error:
        return finished(request, refusal(request, error))
    return answered(request, claims.user_id, claims.role, claims.session_id)


router.add_route(ANY_PATH, for_envoy(verify), methods=ANY_METHOD)


def _token(opened: Opened) -> ProvedView:
    expires_at = opened.challenge.expires_at
    return ProvedView(reset_token=opened.secret, expires_at=expires_at)
