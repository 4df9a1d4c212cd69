"""How credentials travel: in HttpOnly cookies, or in bodies and headers."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from fastapi import Request, Response

from keywright.features.sessions.types import Credentials, PresentedCredentials
from keywright.shared.bearer import bearer_of
from keywright.shared.cookies import Cookie, Cookies
from keywright.shared.errors import AmbiguousRequest

TRANSPORT_HEADER = "x-token-transport"
CLEAR_SITE_DATA = '"storage"'
"""Not "cookies": ours are cleared one by one, and a device that signs out stays known.

Besides, that takes the cookies of the whole domain, other applications' too.
"""
DEVICE = Cookie("device")
FLOW = Cookie("flow")
REACTIVATION = Cookie("reactivation")
DEVICE_LIFETIME = timedelta(days=365)


class Transport(Enum):
    """Where the tokens of a request are, and where its answer puts new ones."""

    COOKIE = "cookie"
    BEARER = "bearer"
    SPLIT = "split"
    """The access token as a bearer and in bodies, the refresh token in a cookie."""


@dataclass(frozen=True, slots=True)
class CredentialCookies:
    """Reads and writes credentials; one transport per request, never both.

    *allowed* are the transports the service offers; a client asks for bearer by
    `X-Token-Transport: bearer`. *access* is None where no cookie brings one.
    """

    cookies: Cookies
    access: Cookie | None
    refresh: Cookie | None
    device: Cookie = DEVICE
    flow: Cookie = FLOW
    flow_lifetime: timedelta = timedelta(hours=1)
    reactivation: Cookie = REACTIVATION
    reactivation_lifetime: timedelta = timedelta(minutes=10)
    allowed: tuple[Transport, ...] = (Transport.COOKIE, Transport.BEARER)

    def transport_of(self, request: Request) -> Transport:
        """Return the transport the client asks for; the only one if there is one."""
        if len(self.allowed) == 1:
            return self.allowed[0]
        asked = request.headers.get(TRANSPORT_HEADER, Transport.COOKIE.value)
        return Transport.BEARER if asked == Transport.BEARER.value else Transport.COOKIE

    def presented(self, request: Request) -> PresentedCredentials:
        """Return what the request presents.

        Raise `AmbiguousRequest` for a cookie and a bearer token at once, and
        `NotSignedIn` for an Authorization header of another form.
        """
        cookie = self.access and self.cookies.read(request, self.access)
        bearer = bearer_of(request.headers.get("authorization"))
        if cookie and bearer is not None:
            raise AmbiguousRequest
        takes_bearer = {Transport.BEARER, Transport.SPLIT} & {*self.allowed}
        return PresentedCredentials(
            cookie=cookie or None if Transport.COOKIE in self.allowed else None,
            bearer=bearer if takes_bearer else None,
        )

    def refresh_token(self, request: Request, in_body: str | None) -> str | None:
        """Return the refresh token from where the transport puts it, or None.

        Raise `AmbiguousRequest` if it stands in the other place.
        """
        cookie = self.refresh and self.cookies.read(request, self.refresh)
        if self.transport_of(request) is Transport.BEARER:
            if cookie:
                raise AmbiguousRequest
            return in_body
        if in_body is not None:
            raise AmbiguousRequest
        return cookie or None

    def deliver(
        self, request: Request, response: Response, credentials: Credentials
    ) -> Credentials | None:
        """Set cookies, and return what belongs into the body, if anything does."""
        transport = self.transport_of(request)
        if transport is Transport.BEARER:
            return credentials
        if self.access:
            self.cookies.set(
                response,
                self.access,
                credentials.access,
                lifetime=credentials.access_lifetime,
            )
        lifetime = credentials.refresh_lifetime
        if self.refresh and credentials.refresh and lifetime:
            self.cookies.set(
                response, self.refresh, credentials.refresh, lifetime=lifetime
            )
        if transport is Transport.COOKIE:
            return None
        return replace(credentials, refresh=None, refresh_lifetime=None)

    def are_set(self, response: Response) -> bool:
        """Say whether *response* sets or clears the access cookie already."""
        if self.access is None:
            return False
        begin = f"{self.cookies.name_of(self.access)}="
        return any(
            value.startswith(begin) for value in response.headers.getlist("set-cookie")
        )

    def replaceable(self, request: Request) -> str | None:
        """Return the token of the session whose cookies a sign-in replaces, or None."""
        cookie = self.refresh or self.access
        if cookie is None or self.transport_of(request) is Transport.BEARER:
            return None
        return self.cookies.read(request, cookie) or None

    def remember_device(self, request: Request, response: Response, value: str) -> None:
        """Let the client keep what makes its device a known one, if it uses cookies."""
        if self.transport_of(request) is not Transport.BEARER:
            self.cookies.set(response, self.device, value, lifetime=DEVICE_LIFETIME)

    def device_of(self, request: Request) -> str | None:
        """Return the cookie of a known device, or None."""
        return self.cookies.read(request, self.device) or None

    def start_flow(self, request: Request, response: Response, flow_id: str) -> None:
        """Let the client keep the id of the flow it is in, if it uses cookies."""
        if self.transport_of(request) is Transport.COOKIE:
            self.cookies.set(response, self.flow, flow_id, lifetime=self.flow_lifetime)

    def flow_of(self, request: Request, in_body: str | None) -> str:
        """Return the flow's id: the body's, else the cookie's, else an empty one."""
        return in_body or self.cookies.read(request, self.flow) or ""

    def end_flow(self, request: Request, response: Response) -> None:
        """Make the client forget the flow, if it keeps one."""
        if self.cookies.read(request, self.flow) is not None:
            self.cookies.clear(response, self.flow)

    def offer_reactivation(self, response: Response, token: object) -> None:
        """Let a browser that is sent on, and reads no answer, bring *token* later."""
        lifetime = self.reactivation_lifetime
        self.cookies.set(response, self.reactivation, str(token), lifetime=lifetime)

    def reactivation_of(self, request: Request, in_body: str | None) -> str:
        """Return the token that reactivates: the body's, else the cookie's, or none."""
        return in_body or self.cookies.read(request, self.reactivation) or ""

    def end_reactivation(self, request: Request, response: Response) -> None:
        """Make the client forget the token that reactivated, if it keeps one."""
        if self.cookies.read(request, self.reactivation) is not None:
            self.cookies.clear(response, self.reactivation)

    def clear(self, request: Request, response: Response) -> None:
        """Make a client that uses cookies forget the session, but not its device."""
        if self.transport_of(request) is Transport.BEARER:
            return
        for cookie in (self.access, self.refresh):
            if cookie:
                self.cookies.clear(response, cookie)

    def clear_all(self, request: Request, response: Response) -> None:
        """Make a browser forget everything that was kept for a signed-in user."""
        self.clear(request, response)
        if self.transport_of(request) is not Transport.BEARER:
            response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
