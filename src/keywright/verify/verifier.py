"""Checks access tokens of an authentication service, without asking it per request."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from types import TracebackType
from typing import Annotated, Self

from fastapi import Depends
from httpx2 import AsyncBaseTransport, AsyncClient
from starlette.requests import HTTPConnection

from keywright.shared.access_tokens import AccessTokenReader
from keywright.shared.background import Job, running
from keywright.shared.clock import Now, utc_now
from keywright.shared.errors import AuthError, NotAllowed, NotSignedIn
from keywright.shared.jwt import KeyUnknown, TokenInvalid
from keywright.verify.credentials import Presented
from keywright.verify.ended import FollowedList
from keywright.verify.keys import PublishedKeys
from keywright.verify.refusals import as_http
from keywright.verify.source import Source
from keywright.verify.types import Principal

JWKS = "/.well-known/jwks.json"
ENDED_SESSIONS = "/.well-known/ended-sessions"
KEYS_BYTES = 128 * 1024
ENDED_BYTES = 16 * 1024 * 1024
EVERY_SECOND = timedelta(seconds=1)


class Verifier:
    """Knows the service's public keys and which sessions have ended.

    Open it while requests are served, as an async context or as an application's
    lifespan. It asks the service in the background; while that is down, tokens of the
    keys and sessions known so far are still checked.
    """

    def __init__(
        self,
        issuer: str,
        *,
        base_url: str | None = None,
        audience: str | None = None,
        access_cookie: str | None = "__Host-accessToken",
        allowed_origins: Collection[str] = (),
        follow_ended_sessions: bool = True,
        fail_closed_after: timedelta | None = None,
        transport: AsyncBaseTransport | None = None,
        now: Now = utc_now,
    ) -> None:
        """Check tokens of *issuer*, the public address of the service.

        It is reached at *base_url*, the same unless given. *audience* is the issuer
        unless given. *access_cookie* may carry the token; on plain http it is named
        `accessToken`, and None takes bearer tokens alone. Requests with the cookie that
        change something must come from this origin or *allowed_origins*. Once nothing
        was learnt of ended sessions for *fail_closed_after*, every token is refused;
        None goes on with what is known.
        """
        self._transport = transport
        self._client = AsyncClient(transport=transport)
        base = (base_url or issuer).rstrip("/")
        self._keys = PublishedKeys(
            Source(self._client, f"{base}{JWKS}", KEYS_BYTES), now=now
        )
        self._ended = (
            FollowedList(
                Source(self._client, f"{base}{ENDED_SESSIONS}", ENDED_BYTES),
                fail_closed_after=fail_closed_after,
                now=now,
            )
            if follow_ended_sessions
            else None
        )
        self._tokens = AccessTokenReader(
            lambda: self._keys.current, issuer=issuer, audience=audience, now=now
        )
        self._presented = Presented(access_cookie, frozenset(allowed_origins))
        self._opened = 0
        self._stack = AsyncExitStack()

    @property
    def stale_for(self) -> timedelta | None:
        """Return how old the knowledge of ended sessions is; None if there is none."""
        return None if self._ended is None else self._ended.stale_for

    async def __aenter__(self) -> Self:
        """Learn keys and ended sessions, and go on learning; may be entered again."""
        self._opened += 1
        if self._opened == 1:
            await self._open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop learning once everybody who entered has left."""
        self._opened -= 1
        if self._opened == 0:
            await self._stack.aclose()

    @asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Be an application's lifespan: `FastAPI(lifespan=verifier.lifespan)`."""
        async with self:
            yield

    async def check(self, token: str) -> Principal:
        """Return whom *token* speaks for, from memory.

        Raise `NotSignedIn`, `SessionOver` or `NotReady`. Only a token that names an
        unknown key may wait for the service, and only one in thirty seconds.
        """
        try:
            claims = self._tokens.read(token)
        except KeyUnknown:
            if not await self._keys.ask():
                raise NotSignedIn from None
            try:
                claims = self._tokens.read(token)
            except TokenInvalid:
                raise NotSignedIn from None
        except TokenInvalid:
            raise NotSignedIn from None
        if self._ended is not None:
            self._ended.require_alive(claims)
        return Principal(
            user_id=claims.user_id,
            session_id=claims.session_id,
            role=claims.role,
            auth_time=claims.auth_time,
            amr=claims.amr,
            expires_at=claims.expires_at,
        )

    async def authenticate(self, connection: HTTPConnection) -> Principal:
        """Return who sends a request, or raise a refusal (`AuthError`).

        Besides those of `check`: `AmbiguousRequest` and `CrossSiteRequest`.
        """
        return await self.check(self._presented.token_of(connection))

    async def principal(self, connection: HTTPConnection) -> Principal:
        """Return who sends a request: `Depends(verifier.principal)`.

        A refusal is an HTTPException.
        """
        try:
            return await self.authenticate(connection)
        except AuthError as error:
            raise as_http(error) from None

    def require_role(self, *roles: str) -> Callable[[Principal], Awaitable[Principal]]:
        """Return a dependency on a principal with one of *roles*.

        The role is the one in the token: a change shows with the next token.
        """

        async def principal_with_role(
            principal: Annotated[Principal, Depends(self.principal)],
        ) -> Principal:
            if principal.role not in roles:
                raise as_http(NotAllowed())
            return principal

        return principal_with_role

    async def _open(self) -> None:
        if self._client.is_closed:
            raise RuntimeError("A verifier that was closed stays closed.")
        self._stack.push_async_callback(self._client.aclose)
        jobs = [Job("keys", EVERY_SECOND, self._keys.renew)]
        await self._keys.renew()
        if self._ended is not None:
            jobs.append(Job("ended sessions", EVERY_SECOND, self._ended.poll))
            await self._ended.poll()
        await self._stack.enter_async_context(running(jobs))
