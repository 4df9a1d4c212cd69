"""POST account/request-delete, DELETE account/delete, PUT account/reactivate."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from keywright.features.account_deletion.schemas import (
    ConfirmDeletionRequest,
    DeletionRequest,
    DeletionRequestedView,
    ReactivationRequest,
)
from keywright.features.account_deletion.service import AccountDeletion
from keywright.features.account_deletion.types import DeletionKind
from keywright.features.challenges.errors import ProofInUse, TokenNotValid
from keywright.features.passwords.errors import WrongPassword
from keywright.features.passwords.service import PasswordDoor
from keywright.features.rate_limits.dependencies import LimitedByClient
from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.types import Limit
from keywright.features.sessions.dependencies import (
    Credentials,
    CurrentPrincipal,
    Gate,
    RecentPrincipal,
)
from keywright.features.sessions.errors import SessionEnded, StepUpRequired
from keywright.features.users.policy import has_mailbox
from keywright.shared.dependencies import provide
from keywright.shared.errors import Busy, NotSignedIn, ValidationFailed
from keywright.shared.responses import AuthRoute, Done, Reply, done, refusals, reply

DELETIONS = Limit("delete", 5, timedelta(minutes=15))
FRESH = timedelta(minutes=5)
router = APIRouter(
    prefix="/account",
    route_class=AuthRoute,
    tags=["account"],
    dependencies=[Depends(LimitedByClient(DELETIONS))],
)
Deletion = Annotated[AccountDeletion, Depends(provide(AccountDeletion))]


@router.post(
    "/request-delete",
    status_code=202,
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        StepUpRequired,
        WrongPassword,
        ValidationFailed,
        RateLimited,
        Busy,
    ),
)
async def request_deletion(
    body: DeletionRequest,
    request: Request,
    principal: RecentPrincipal,
    deletion: Deletion,
    door: Annotated[PasswordDoor, Depends(provide(PasswordDoor))],
    gate: Annotated[Gate, Depends(provide(Gate))],
    cookies: Credentials,
) -> Reply[DeletionRequestedView]:
    """Mail a token that carries out the deletion.

    Users with a password show it; others must have signed in within five minutes. Who
    has no mailbox, and so no password, gets the token here.
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
    opened = await deletion.request(user, DeletionKind(body.type))
    expires_at = opened.challenge.expires_at
    if not has_mailbox(user):
        view = DeletionRequestedView(expires_at=expires_at, token=opened.secret)
        return reply("Confirm with this token.", view, status=202)
    view = DeletionRequestedView(expires_at=expires_at)
    return reply("A confirmation was sent to your address.", view, status=202)


@router.delete(
    "/delete",
    responses=refusals(
        NotSignedIn,
        SessionEnded,
        TokenNotValid,
        ProofInUse,
        ValidationFailed,
        RateLimited,
    ),
)
async def confirm_deletion(
    body: ConfirmDeletionRequest,
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    deletion: Deletion,
    cookies: Credentials,
) -> Done:
    """Deactivate the account for its grace period, or remove it at once."""
    kind = await deletion.confirm(principal.user, body.token)
    cookies.clear_all(request, response)
    if kind is DeletionKind.HARD:
        return done("The account is deleted.")
    return done("The account is deactivated.")


@router.put(
    "/reactivate",
    responses=refusals(TokenNotValid, ProofInUse, ValidationFailed, RateLimited),
)
async def reactivate(
    body: ReactivationRequest,
    request: Request,
    response: Response,
    deletion: Deletion,
    cookies: Credentials,
) -> Done:
    """Make a deactivated account active again; nobody is signed in.

    Without a token in the body by the one that a provider's callback left in a cookie.
    """
    token = cookies.reactivation_of(request, body.reactivation_token)
    if not token:
        raise ValidationFailed(errors={"reactivationToken": ["must be given"]})
    await deletion.reactivate(token)
    cookies.end_reactivation(request, response)
    return done("The account is active again. Sign in.")
