"""A stand-in that speaks the protocol of Facebook's Graph interface."""

import hmac
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from keywright.features.oauth.providers.facebook import VERSION
from keywright.shared.secrets import random_bytes, to_text
from tests.providers.issuer import CLIENT_ID, CLIENT_SECRET, is_our_client
from tests.providers.server import Answer, Asked, Server, as_json


class Facebook(Server):
    """Says of everybody who signs in what *user* is."""

    def __init__(self) -> None:
        super().__init__()
        self.user: dict[str, Any] = {}
        self.inspection: dict[str, Any] = {}
        self.codes: dict[str, str] = {}
        self.apps: dict[str, str] = {}
        self.routes = {
            f"/{VERSION}/oauth/access_token": self._token,
            f"/{VERSION}/debug_token": self._inspect,
            f"/{VERSION}/me": self._me,
        }

    def consent(self, location: str) -> dict[str, str]:
        """Return what a browser brings back that was sent to *location*."""
        assert location.startswith(f"{self.base}/{VERSION}/dialog/oauth?")
        asked = dict(parse_qsl(urlsplit(location).query))
        code = to_text(random_bytes(10))
        self.codes[code] = asked["redirect_uri"]
        return {"code": code, "state": asked["state"]}

    def token(self, app: str = CLIENT_ID) -> str:
        """Return an access token that was made for *app*."""
        token = f"EAA{to_text(random_bytes(20))}"
        self.apps[token] = app
        return token

    def _token(self, asked: Asked) -> Answer:
        redirect_uri = self.codes.pop(asked.form["code"], None)
        if redirect_uri != asked.form["redirect_uri"] or not is_our_client(asked):
            return as_json({"error": {"type": "OAuthException", "code": 100}}, 400)
        return as_json({"access_token": self.token(), "token_type": "bearer"})

    def _inspect(self, asked: Asked) -> Answer:
        if asked.headers["authorization"] != f"Bearer {CLIENT_ID}|{CLIENT_SECRET}":
            return as_json({"error": {"code": 190}}, 400)
        app = self.apps.get(asked.query["input_token"])
        seen = {"app_id": app, "is_valid": app is not None, "user_id": self._id()}
        return as_json({"data": {**seen, **self.inspection}})

    def _me(self, asked: Asked) -> Answer:
        token = asked.headers["authorization"].removeprefix("Bearer ")
        proof = hmac.new(CLIENT_SECRET.encode(), token.encode(), "sha256").hexdigest()
        if token not in self.apps or asked.query["appsecret_proof"] != proof:
            return as_json({"error": {"code": 190}}, 400)
        assert asked.query["fields"] == "id,name,email"
        return as_json(self.user)

    def _id(self) -> object:
        return self.user.get("id")
