"""How a composition meets the web: cookies, origins, limits, and who is an operator."""

from collections.abc import Collection
from hmac import compare_digest
from importlib.metadata import PackageNotFoundError, version

from fastapi import Request

from keywright.blueprints.foundation.settings import AccountSettings, AuthSettings
from keywright.features.health.routes import HealthDetails
from keywright.features.rate_limits.service import RateLimits
from keywright.features.sessions.cookies import CredentialCookies, Transport
from keywright.features.sessions.dependencies import authenticated
from keywright.shared.client_address import parse_networks
from keywright.shared.cookies import Cookie, Cookies
from keywright.shared.errors import NotAllowed
from keywright.shared.origins import origin_of
from keywright.shared.routing import WebRules

TRANSPORTS = {
    "both": (Transport.COOKIE, Transport.BEARER),
    "cookie": (Transport.COOKIE,),
    "bearer": (Transport.BEARER,),
}


def credential_cookies(
    settings: AccountSettings, *, access: str, refresh: str | None
) -> CredentialCookies:
    """Return the cookies by these names; a flow's outlives a few renewals."""
    return CredentialCookies(
        cookies=Cookies(secure=settings.has_secure_cookies),
        access=Cookie(access),
        refresh=Cookie(refresh) if refresh else None,
        device=Cookie("device"),
        flow=Cookie("flow"),
        flow_lifetime=settings.otp_lifetime * 6,
        reactivation_lifetime=settings.reset_lifetime,
        allowed=TRANSPORTS[settings.token_transport],
    )


def web_rules(settings: AuthSettings, local: RateLimits) -> WebRules:
    """Return where requests may come from; *local* counts all of them by client."""

    async def admit(address: str) -> None:
        await local.by_client(settings.requests, address)

    return WebRules(
        own_origin=origin_of(settings.public_url),
        allowed_origins=frozenset(settings.allowed_origins),
        trusted_proxies=parse_networks(settings.trusted_proxies),
        admit=admit,
    )


def health_details(settings: AuthSettings, parts: Collection[str]) -> HealthDetails:
    """Return what operators are shown; in production admins and the token's bearer."""

    async def admit(request: Request) -> None:
        if not settings.is_production or _is_operator(settings, request):
            return
        principal = await authenticated(request)
        if principal.user.role != settings.admin_role:
            raise NotAllowed

    return HealthDetails(
        version=own_version(),
        environment=settings.env,
        required=frozenset(parts),
        admit=admit,
    )


def own_version() -> str:
    """Return the version of the distribution that this code is installed with."""
    try:
        return version(__name__.partition(".")[0])
    except PackageNotFoundError:
        return "unknown"


def _is_operator(settings: AuthSettings, request: Request) -> bool:
    if settings.operator_token is None:
        return False
    expected = f"Bearer {settings.operator_token.get_secret_value()}"
    sent = request.headers.get("authorization", "")
    return compare_digest(sent.encode(), expected.encode())
