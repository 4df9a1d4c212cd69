"""Cookies: one set of attributes, and no second cookie of a name (RFC 6265bis)."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import HTTPConnection
from starlette.responses import Response

from keywright.shared.errors import AmbiguousRequest

LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie's plain name and path; a path of its own forbids the prefix."""

    name: str
    path: str = "/"


class Cookies:
    """Reads, sets and clears cookies.

    Secure ones carry the `__Host-` prefix. The plain names, for http on loopback, and
    the prefixed ones are never read together.
    """

    def __init__(self, *, secure: bool) -> None:
        """Use the prefix and the Secure attribute if *secure*."""
        self._secure = secure

    def name_of(self, cookie: Cookie) -> str:
        """Return the name on the wire."""
        prefixed = self._secure and cookie.path == "/"
        return f"__Host-{cookie.name}" if prefixed else cookie.name

    def read(self, request: HTTPConnection, cookie: Cookie) -> str | None:
        """Return the value sent, or None; raise `AmbiguousRequest` if sent twice."""
        return read_pairs(request).get(self.name_of(cookie))

    def set(
        self, response: Response, cookie: Cookie, value: str, *, lifetime: timedelta
    ) -> None:
        """Let the client keep *value* for *lifetime*, at most 400 days."""
        response.set_cookie(
            self.name_of(cookie),
            value,
            max_age=int(min(lifetime, LONGEST).total_seconds()),
            path=cookie.path,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def clear(self, response: Response, cookie: Cookie) -> None:
        """Make the client forget the cookie, by the attributes it was set with."""
        self.set(response, cookie, "", lifetime=timedelta(0))


def read_pairs(request: HTTPConnection) -> dict[str, str]:
    """Return the cookies of *request*; raise `AmbiguousRequest` for a name sent twice.

    Names are compared after trimming space: servers differ in what they take for the
    same cookie. One with other space around it than blanks and tabs is left out:
    browsers do not see the prefix of its name, so another host may have set it.
    """
    pairs: dict[str, str] = {}
    seen: set[str] = set()
    for header in request.headers.getlist("cookie"):
        for part in header.split(";"):
            name, separator, value = part.partition("=")
            bare = name.strip()
            if not separator or not bare:
                continue
            if bare in seen:
                raise AmbiguousRequest
            seen.add(bare)
            if bare == name.strip(" \t"):
                pairs[bare] = value.strip().strip('"')
    return pairs
