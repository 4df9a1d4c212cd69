"""A stand-in that speaks GitHub's protocol, as an enterprise server does."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keywright.shared.secrets import random_bytes, to_text
from tests.providers.issuer import is_our_client
from tests.providers.server import Answer, Asked, Server, as_json


class GitHub(Server):
    """Says of everybody who signs in what *user* and *emails* are."""

    def __init__(self) -> None:
        super().__init__()
        self.user: dict[str, Any] = {}
        self.emails: object = []
        self.codes: dict[str, str] = {}
        self.tokens: set[str] = set()
        self.routes = {
            "/login/oauth/access_token": self._token,
            "/api/v3/user": lambda asked: self._document(asked, self.user),
            "/api/v3/user/emails": lambda asked: self._document(asked, self.emails),
        }

    def consent(self, location: str) -> dict[str, str]:
        """Return what a browser brings back that was sent to *location*."""
        assert location.startswith(f"{self.base}/login/oauth/authorize?")
        asked = dict(parse_qsl(urlsplit(location).query))
        assert asked["scope"] == "read:user user:email"
        code = to_text(random_bytes(10))
        self.codes[code] = asked["redirect_uri"]
        return {"code": code, "state": asked["state"]}

    def _token(self, asked: Asked) -> Answer:
        # GitHub answers 200 and form-encoded text, unless it is asked for JSON.
        assert asked.headers["accept"] == "application/json"
        redirect_uri = self.codes.pop(asked.form["code"], None)
        if redirect_uri != asked.form["redirect_uri"] or not is_our_client(asked):
            return as_json({"error": "bad_verification_code"})
        token = f"gho_{to_text(random_bytes(20))}"
        self.tokens.add(token)
        return as_json({"access_token": token, "token_type": "bearer", "scope": ""})

    def _document(self, asked: Asked, document: object) -> Answer:
        sent = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if sent not in self.tokens or "user-agent" not in asked.headers:
            return as_json({"message": "Bad credentials"}, 401)
        return as_json(document)
