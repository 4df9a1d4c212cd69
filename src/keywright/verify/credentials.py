"""The access token of a request: a bearer token or a cookie, never both."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from keywright.shared.bearer import bearer_of
from keywright.shared.cookies import read_pairs
from keywright.shared.errors import AmbiguousRequest, CrossSiteRequest, NotSignedIn
from keywright.shared.origins import SAFE_METHODS, may_pass


@dataclass(frozen=True, slots=True)
class Presented:
    """Reads access tokens from requests.

    *cookie* is the name of the one that may carry the token; None for none. A request
    that changes something and relies on it must come from this origin's own pages or
    from those of *origins*: any page can make a browser send cookies.
    """

    cookie: str | None
    origins: Collection[str]

    def token_of(self, connection: HTTPConnection) -> str:
        """Return the token that *connection* presents.

        Raise `NotSignedIn`, `AmbiguousRequest` or `CrossSiteRequest`.
        """
        headers = connection.headers.getlist("authorization")
        if len(headers) > 1:
            raise AmbiguousRequest
        bearer = bearer_of(headers[0] if headers else None)
        cookie = read_pairs(connection).get(self.cookie) if self.cookie else None
        if bearer is not None and cookie:
            raise AmbiguousRequest
        if cookie:
            self._require_own_page(connection)
        token = bearer or cookie
        if not token:
            raise NotSignedIn
        return token

    def _require_own_page(self, connection: HTTPConnection) -> None:
        if connection.scope.get("method") in SAFE_METHODS:
            return
        if not may_pass(connection.headers, own="", allowed=self.origins):
            raise CrossSiteRequest
