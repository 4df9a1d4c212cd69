"""Refreshing, its limit, and access that is renewed; signing out."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request, Response

from keywright.features.rate_limits.service import RateLimits
from keywright.features.rate_limits.types import Limit
from keywright.features.refresh_tokens.errors import RefreshMissing, RefreshReused
from keywright.features.refresh_tokens.service import RefreshTokens
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.features.sessions.dependencies import authenticated
from keywright.features.sessions.errors import SessionEnded
from keywright.features.sessions.service import OwnSessions
from keywright.features.sessions.types import Credentials, PresentedCredentials
from keywright.shared.access_tokens import AccessClaims, AccessTokens
from keywright.shared.dependencies import services_of
from keywright.shared.errors import AuthError, NotSignedIn
from keywright.shared.jwt import TokenInvalid
from keywright.shared.routing import client_of, complete, for_route, on_answer
from keywright.shared.secrets import digest

REFRESHES = Limit("refresh", 60, timedelta(minutes=1))
REMEMBERED = 1000


class RefreshCounter:
    """Counts refreshes by client; a token that is shown again counts once.

    A lost answer or a second tab repeats a token, and that is what the retry window
    is for: it must not use up the limit. Kept in this process, so that a refresh
    needs no further write.
    """

    def __init__(self, limits: RateLimits) -> None:
        """Count with *limits*, which live in memory."""
        self._limits = limits
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    async def count(self, token: str, client: str) -> None:
        """Count the refresh, or raise `RateLimited`."""
        key = digest(token.encode("utf-8", "replace"))
        if key in self._seen:
            return
        await self._limits.by_client(REFRESHES, client)
        self._seen[key] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)


async def refreshed(request: Request, token: str | None) -> Credentials:
    """Return what replaces the refresh *token*; the refresh is counted.

    Raise `RefreshMissing` without one, `RateLimited`, or what `RefreshTokens` raises.
    """
    services = services_of(request)
    if token is None:
        raise RefreshMissing
    await services.get(RefreshCounter).count(token, client_of(request))
    return await services.get(RefreshTokens).refresh(token)


async def exchanged(
    request: Request, cookies: CredentialCookies, in_body: str | None = None
) -> Credentials:
    """Return what replaces the refresh token that *request* sends.

    Raise what `refreshed` raises; where the session is over, the answer clears its
    cookies.
    """
    try:
        return await refreshed(request, cookies.refresh_token(request, in_body))
    except (RefreshReused, SessionEnded):
        on_answer(request, partial(cookies.clear, request))
        raise


@dataclass(frozen=True, slots=True)
class Renewal:
    """Rotates by itself for browsers whose access token is over.

    Requests that arrive together get the same successor: the one that rotates, and the
    others inside the retry window.
    """

    cookies: CredentialCookies

    async def renew(self, request: Request) -> PresentedCredentials:
        """Return a fresh access token; the answer to *request* will set the cookies.

        Raise `NotSignedIn` for a client without cookies or a good refresh token, and
        the other refusals of a refresh.
        """
        known: Credentials | None = request.scope.get("auth.renewed")
        if known is None:
            known = await self._refreshed(request)
            request.scope["auth.renewed"] = known
        return PresentedCredentials(cookie=known.access, bearer=None)

    async def _refreshed(self, request: Request) -> Credentials:
        is_cookie = self.cookies.transport_of(request) is Transport.COOKIE
        if not is_cookie or "authorization" in request.headers:
            raise NotSignedIn
        try:
            renewed = await refreshed(
                request, self.cookies.refresh_token(request, None)
            )
        except RefreshMissing:
            raise NotSignedIn from None

        def deliver(response: Response) -> None:
            if not self.cookies.are_set(response):
                self.cookies.deliver(request, response, renewed)

        on_answer(request, deliver)
        return renewed


@dataclass(frozen=True, slots=True)
class AccessGate:
    """Checks access tokens by their signature and times alone: no store is asked."""

    access: AccessTokens
    cookies: CredentialCookies
    renewal: Renewal | None = None

    def check(self, presented: PresentedCredentials) -> AccessClaims:
        """Return what the token says, or raise `NotSignedIn`."""
        token = presented.cookie or presented.bearer
        if token is None:
            raise NotSignedIn
        try:
            return self.access.read(token)
        except TokenInvalid:
            raise NotSignedIn from None

    async def admit(self, request: Request) -> AccessClaims:
        """Return who sends *request*, renewed if need be."""
        try:
            return self.check(self.cookies.presented(request))
        except NotSignedIn:
            if self.renewal is None:
                raise
            return self.check(await self.renewal.renew(request))


async def verify_auth(request: Request, response: Response) -> AccessClaims:
    """Return who sends *request*, without a look into any store.

    A browser whose access cookie is over gets new cookies with the answer. On a host's
    route a refusal is an HTTPException, and the handler has to return data, or
    *response*: an answer of its own does not carry the cookies.
    """
    gate = services_of(request).get(AccessGate)
    try:
        claims = await gate.admit(request)
    except AuthError as error:
        raise for_route(request, error) from None
    complete(request, response)
    return claims


VerifiedAuth = Annotated[AccessClaims, Depends(verify_auth)]


async def end_session(request: Request, token: str | None) -> None:
    """End the session of the refresh *token*, or else of the access token sent.

    Without a good token nothing happens: signing out is idempotent.
    """
    services = services_of(request)
    if token is not None and await services.get(RefreshTokens).sign_out(token):
        return
    try:
        principal = await authenticated(request)
    except AuthError as error:
        if error.status == HTTPStatus.UNAUTHORIZED:
            return
        raise
    await services.get(OwnSessions).sign_out(principal)
