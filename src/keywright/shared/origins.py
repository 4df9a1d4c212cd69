"""Which requests may come from a browser page (OWASP CSRF: Fetch Metadata first)."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url*, in lower case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def may_pass(headers: Mapping[str, str], *, own: str, allowed: Collection[str]) -> bool:
    """Say whether an unsafe request was not forged by another site's page.

    *headers* have lower-case names, *own* is the origin of this service, *allowed* are
    the exact origins that may call it. Browsers of today always say where a request
    comes from; a client that says nothing is let in only without cookies.
    """
    site = headers.get("sec-fetch-site")
    origin = headers.get("origin")
    has_cookies = "cookie" in headers
    if site == "same-origin":
        return True
    if site == "none":
        return not has_cookies
    if site is None and origin is None:
        referer = headers.get("referer")
        if referer is None:
            return not has_cookies
        return _is_known(_origin_or_none(referer), own=own, allowed=allowed)
    if site is None:
        return _is_known(origin, own=own, allowed=allowed)
    return origin is not None and origin in allowed


def _origin_or_none(url: str) -> str | None:
    try:
        return origin_of(url)
    except ValueError:
        return None


def _is_known(origin: str | None, *, own: str, allowed: Collection[str]) -> bool:
    return origin is not None and (origin == own or origin in allowed)
