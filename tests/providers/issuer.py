"""An OpenID provider that tells the truth until a test makes it lie."""

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey

from keywright.shared.secrets import new_id, random_bytes, to_text
from tests.providers.server import Answer, Asked, Handler, Server, as_json

CLIENT_ID = "our-client"
CLIENT_SECRET = "s3cret of %&+ ours: thirty-two bytes"
KEYS: list[RSAKey] = []


def key(number: int) -> RSAKey:
    """Return one of a few keys; making one takes long."""
    while len(KEYS) <= number:
        KEYS.append(RSAKey.generate_key(2048))
    return KEYS[number]


@dataclass(slots=True)
class Consent:
    """What somebody agreed to, and what is said of them."""

    asked: Mapping[str, str]
    claims: Mapping[str, object]
    access_token: str = field(default_factory=lambda: to_text(random_bytes(24)))


class Issuer(Server):
    """The provider.

    *lies* replace members of the ID token, *header* those of its header; None removes
    one, and a timedelta counts from now by *clock*. *kid* names the key that signs,
    *published* those in the key set. *signed* may write the whole token. *userinfo*
    replaces that document. *metadata* replaces members of discovery.
    """

    def __init__(self) -> None:
        super().__init__()
        self.clock = time.time
        self.reset()

    def reset(self) -> None:
        """Tell the truth again."""
        self.lies: dict[str, object] = {}
        self.header: dict[str, object] = {}
        self.metadata: dict[str, object] = {}
        self.userinfo: object = None
        self.kid = "k0"
        self.published = {"k0": 0}
        self.signed: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
        self.consents: dict[str, Consent] = {}
        self.asked.clear()
        self.routes: dict[str, Handler] = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }

    def answers(self, path: str, answer: Answer) -> None:
        """Answer so whatever is asked at *path*."""
        self.routes[path] = lambda _: answer

    def consent(self, location: str, **claims: object) -> dict[str, str]:
        """Return what a browser brings back that was sent to *location*."""
        parts = urlsplit(location)
        asked = dict(parse_qsl(parts.query))
        assert location.startswith(f"{self.base}/authorize?"), location
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = to_text(random_bytes(24))
        self.consents[code] = Consent(asked, claims)
        return {"code": code, "state": asked["state"], "iss": self.base}

    def id_token(self, claims: Mapping[str, object]) -> str:
        """Return *claims* with the lies, signed."""
        now = int(self.clock())
        told = {"iss": self.base, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        lies = {
            name: now + int(lie.total_seconds()) if isinstance(lie, timedelta) else lie
            for name, lie in self.lies.items()
        }
        payload = _without_none({**told, **claims, **lies})
        header = _without_none({"alg": "RS256", "kid": self.kid, **self.header})
        if self.signed is not None:
            return self.signed(header, payload)
        return sign(header, payload, key(self.published.get(self.kid, 7)))

    def _discovery(self, _: Asked) -> Answer:
        found = {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "userinfo_endpoint": f"{self.base}/userinfo",
            "jwks_uri": f"{self.base}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
        }
        return as_json(_without_none({**found, **self.metadata}))

    def _jwks(self, _: Asked) -> Answer:
        keys = [
            {**key(number).as_dict(private=False), "kid": kid, "use": "sig"}
            for kid, number in self.published.items()
        ]
        return as_json({"keys": keys})

    def _token(self, asked: Asked) -> Answer:
        consent = self.consents.pop(asked.form.get("code", ""), None)
        if consent is None or not is_our_client(asked):
            return as_json({"error": "invalid_grant"}, 400)
        digest = sha256(asked.form["code_verifier"].encode()).digest()
        if to_text(digest) != consent.asked["code_challenge"]:
            return as_json({"error": "invalid_grant"}, 400)
        if asked.form["redirect_uri"] != consent.asked["redirect_uri"]:
            return as_json({"error": "invalid_grant"}, 400)
        self.consents[f"used {consent.access_token}"] = consent
        claims = {"nonce": consent.asked["nonce"], **consent.claims}
        token = consent.access_token
        return as_json(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self.id_token(claims),
            }
        )

    def _userinfo(self, asked: Asked) -> Answer:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        consent = self.consents.get(f"used {token}")
        if consent is None:
            return as_json({"error": "invalid_token"}, 401)
        return as_json(self.userinfo or dict(consent.claims))


def sign(header: Mapping[str, object], payload: object, by: RSAKey) -> str:
    """Return a token, whatever its header says."""
    content = json.dumps(payload).encode()
    algorithm = str(header.get("alg"))
    return jws.serialize_compact(dict(header), content, by, algorithms=[algorithm])


def sign_anyhow(
    header: Mapping[str, object], payload: object, by: Callable[[bytes], bytes]
) -> str:
    """Return a token that no library would write; *by* returns the signature."""
    start = unsigned(header, payload)
    return start + to_text(by(start[:-1].encode()))


def unsigned(header: Mapping[str, object], payload: object) -> str:
    """Return a token without any signature."""
    parts = [to_text(json.dumps(part).encode()) for part in (header, payload)]
    return ".".join([*parts, ""])


def is_our_client(asked: Asked) -> bool:
    """Say whether the request shows our id and secret, in one of the two places."""
    sent = asked.headers.get("authorization", "").removeprefix("Basic ")
    if sent:
        name, _, secret = base64.b64decode(sent).decode().partition(":")
        return (unquote(name), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)
    shown = (asked.form.get("client_id"), asked.form.get("client_secret"))
    return shown == (CLIENT_ID, CLIENT_SECRET)


def some_subject() -> str:
    """Return a subject that no other test uses."""
    return f"sub-{new_id().hex}"


def _without_none(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}
