"""The cookie by which a browser is the same when it comes back from a provider."""

from datetime import timedelta

from fastapi import Request, Response

from keywright.shared.cookies import Cookie, Cookies

BROWSER = Cookie("oauth")
LIFETIME = timedelta(minutes=10)


def remember(response: Response, cookies: Cookies, value: str) -> None:
    """Let the browser keep *value*; one from before is replaced, whoever set it."""
    cookies.set(response, BROWSER, value, lifetime=LIFETIME)


def remembered(request: Request, cookies: Cookies) -> str | None:
    """Return what the browser kept, or None."""
    return cookies.read(request, BROWSER)


def forget(response: Response, cookies: Cookies) -> None:
    """Make the browser forget it."""
    cookies.clear(response, BROWSER)
