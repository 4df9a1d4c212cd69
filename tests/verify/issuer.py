"""An authentication service that does what a test tells it, behind a transport."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from httpx2 import ConnectError, MockTransport, Request, Response

from keywright.shared.access_tokens import AccessTokens
from keywright.shared.jwt import KeyRing, SigningKey, generate_key
from keywright.shared.public_names import public_name
from keywright.shared.secrets import new_id
from keywright.verify import Verifier
from keywright.verify.verifier import ENDED_SESSIONS, JWKS
from tests.instants import DAY, MINUTE, NOW

ISSUER = "https://id.example.com"
KEYS = [generate_key("ES256") for _ in range(3)]
Answer = Callable[[Request], Response]


@dataclass(slots=True)
class Issuer:
    """Counts what it is asked; *answers* replaces the answer of a path."""

    now: datetime = NOW
    keys: list[SigningKey] = field(default_factory=lambda: [KEYS[0]])
    sessions: set[str] = field(default_factory=set)
    users: dict[str, int] = field(default_factory=dict)
    is_down: bool = False
    asked: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    answers: dict[str, Answer] = field(default_factory=dict)

    def token(
        self,
        *,
        session_id: UUID | None = None,
        user_id: UUID | None = None,
        role: str = "user",
        epoch: int = 0,
        key: SigningKey | None = None,
        issuer: str = ISSUER,
    ) -> str:
        """Return a token of the newest key, or of *key*."""
        signing = key or self.keys[-1]
        ring = KeyRing(signing, [signing])
        tokens = AccessTokens(
            lambda: ring, issuer=issuer, lifetime=15 * MINUTE, now=lambda: self.now
        )
        return tokens.write(
            user_id or new_id(),
            session_id or new_id(),
            role=role,
            auth_time=self.now,
            amr=("pwd",),
            epoch=epoch,
            now=self.now,
            session_ends_at=self.now + DAY,
        )

    def end(self, session_id: UUID) -> None:
        """End a session."""
        self.sessions.add(public_name(session_id))

    def count(self, path: str) -> int:
        """Return how often *path* was asked."""
        return self.asked.count(path)

    def transport(self) -> MockTransport:
        """Return what leads here."""
        return MockTransport(self._answer)

    def verifier(self, **options: object) -> Verifier:
        """Return a verifier of this service, at its time."""
        return Verifier(
            ISSUER,
            transport=self.transport(),
            now=lambda: self.now,
            **options,  # type: ignore[arg-type]  # by name
        )

    @asynccontextmanager
    async def opened(self, **options: object) -> AsyncIterator[Verifier]:
        """Open a verifier that has learnt everything once; its jobs are the test's."""
        verifier = self.verifier(**options)
        await verifier._keys.renew()
        if verifier._ended is not None:
            await verifier._ended.poll()
        try:
            yield verifier
        finally:
            await verifier._client.aclose()

    def jwks(self) -> dict[str, list[dict[str, object]]]:
        """Return the key set as it is published."""
        return KeyRing(self.keys[0], self.keys).jwks()

    def _answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        self.hosts.add(request.url.netloc.decode())
        if self.is_down:
            raise ConnectError("refused")
        if path in self.answers:
            return self.answers[path](request)
        if path == JWKS:
            return Response(200, json=self.jwks())
        assert path == ENDED_SESSIONS
        content = json.dumps({"sessions": sorted(self.sessions), "users": self.users})
        tag = f'"{hash(content)}"'
        if request.headers.get("if-none-match") == tag:
            return Response(304, headers={"etag": tag})
        return Response(200, content=content, headers={"etag": tag})
