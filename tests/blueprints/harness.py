"""A running blueprint for tests: clients, mail, time, and a look into the stores."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient, Response

from keywright.blueprints.foundation.settings import AccountSettings, AuthSettings
from keywright.blueprints.foundation.types import Stores
from keywright.features.audit.service import AuditTrail
from keywright.features.audit.types import AuditEntry
from keywright.features.outbox.service import LetterWriter
from keywright.features.outbox.worker import MailWorker
from keywright.features.passwords.service import Passwords
from keywright.features.sessions.dependencies import Gate
from keywright.features.sessions.store import OpenSessions
from keywright.features.users.types import User
from keywright.senders.mail import Email
from keywright.shared.dependencies import Services
from keywright.shared.events import Publisher
from keywright.shared.passwords import HashCost, PasswordHashes
from keywright.shared.secrets import MasterSecret, new_id, to_text
from keywright.shared.vault import Vault
from tests.blueprints.answers import refused
from tests.blueprints.clock import Clock
from tests.blueprints.documented import Documented
from tests.blueprints.forms import data_of
from tests.blueprints.host import host_app
from tests.blueprints.kind import ENVELOPED, Kind
from tests.blueprints.mailbox import Mailbox, code_in
from tests.blueprints.storages import make_tables

ORIGIN = "http://127.0.0.1:9000"
BASE = ENVELOPED
SECRET = "u9Yk2vQ7xR4mZ1pT8wB5nC3dF6gH0jLs"
PASSWORD = "plum cabinet 7 sailing"
NEW_PASSWORD = "violet harbour 3 lantern"
NAME = "Ada Lovelace"
PATIENCE = 60.0
RETRY_WINDOW = timedelta(seconds=10)
DONE_BY_TESTS = ("mail", "audit", "purge")
"""Jobs that tests do themselves, so that nothing is on its way when they look."""
Transport = Literal["cookie", "bearer"]
_hashes: dict[tuple[str, int], str] = {}


class Client(AsyncClient):
    """A client with a cookie jar of its own; paths are those below the base.

    *user* is who is signed in, *tokens* what a bearer client was given.
    """

    user: User
    tokens: dict[str, Any]

    async def send_json(self, method: str, path: str, **members: object) -> Response:
        """Send *members* as the body; DELETE may have one, too."""
        return await self.request(method, path, json=members)

    def hold(self, cookies: Mapping[str, str]) -> None:
        """Have these cookies, whatever there was before."""
        self.cookies.clear()
        for name, value in cookies.items():
            self.cookies.set(name, value, domain=self.base_url.host, path="/")

    def carry(self, tokens: dict[str, Any]) -> None:
        """Present the access token of *tokens* from now on."""
        self.tokens = tokens
        self.headers["authorization"] = f"Bearer {tokens['accessToken']}"


@dataclass(slots=True, repr=False)
class Service:
    """A blueprint, open: alone, or included in the application of somebody else.

    *stores* are opened beside those of the application, like those of a second process.
    """

    kind: Kind
    settings: AuthSettings
    app: FastAPI
    mails: Mailbox
    clock: Clock
    stores: Stores[OpenSessions]
    documented: Documented
    worker: MailWorker = field(init=False)

    def __post_init__(self) -> None:
        """Build a mail worker of the tests' own."""
        secret = MasterSecret(
            [one.get_secret_value().encode() for one in self.settings.secret]
        )
        vault = Vault(secret.keys("vault"))
        self.worker = MailWorker(
            self.stores.outbox,
            LetterWriter(vault, now=self.now),
            self.mails,
            publish=self.built.get(Publisher),
            now=self.now,
        )

    @property
    def built(self) -> Services:
        """Return what the composition root built, for a look inside."""
        built = self.app.state.auth
        assert isinstance(built, Services)
        return built

    @property
    def accounts(self) -> AccountSettings:
        """Return the settings of a blueprint that mails codes."""
        assert isinstance(self.settings, AccountSettings)
        return self.settings

    @property
    def redis_url(self) -> str | None:
        """Return the address of the Redis it uses, if it does."""
        url = getattr(self.settings, "redis_url", None)
        return None if url is None else str(url.get_secret_value())

    @property
    def redis_prefix(self) -> str:
        """Return what the keys in Redis begin with."""
        return str(getattr(self.settings, "redis_prefix", ""))

    @property
    def origin(self) -> str:
        """Return the public origin of the service."""
        return self.settings.public_url

    def now(self) -> datetime:
        """Return the time as the service sees it."""
        return self.built.get(Gate).now()

    def root(self, path: str) -> str:
        """Return the address of *path*, which does not lie below the base."""
        return f"{self.origin}{path}"

    def client(
        self,
        *,
        origin: str | None = "own",
        address: str | None = None,
        checked: bool = True,
        **headers: str,
    ) -> Client:
        """Return a client with no cookies yet.

        It sends the public origin unless another one, or None, is given; *address* is
        where it connects from. Its answers are compared with the OpenAPI document if
        *checked*. *headers* are written user_agent="…".
        """
        if address is None:
            # The tests' clock runs ahead: limits of one client are not for the other.
            address = "127.0.0.1" if self.settings.test_clock else "127.0.0.2"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if origin is not None:
            sent["origin"] = self.origin if origin == "own" else origin
        return Client(
            transport=ASGITransport(app=self.app, client=(address, 50_000)),
            base_url=f"{self.origin}{self.kind.base}",
            headers=sent,
            event_hooks={"response": [self.documented.check] if checked else []},
        )

    def bearer_client(self, **options: Any) -> Client:  # noqa: ANN401 - those of `client`
        """Return a client that asks for tokens in bodies and has no cookies."""
        return self.client(**options, x_token_transport="bearer")

    async def user(
        self,
        email: str | None = None,
        *,
        password: str = PASSWORD,
        **changes: Any,  # noqa: ANN401 - the members of User
    ) -> User:
        """Return a verified user, put into the store without any request."""
        user_id, now = new_id(), self.now()
        user = User(
            id=user_id,
            name=NAME,
            email=email or some_email(),
            password_hash=await self._sealed(password, user_id),
            role="user",
            is_email_verified=True,
            created_at=now,
            updated_at=now,
        )
        user = replace(user, **changes)
        await self.stores.users.add(user)
        return user

    async def sign_up(
        self, email: str | None = None, *, client: Client | None = None
    ) -> dict[str, Any]:
        """Return the user that a sign-up over HTTP made, as shown to the client."""
        email, client = email or some_email(), client or self.client()
        started = await client.post("/signup", json=sign_up_body(email))
        assert started.status_code == 202, started.text
        code = code_in(await self.mail_to(email, "verify"))
        body = {"email": email, "otpCode": code}
        verified = await client.post("/verify-user", json=body)
        assert verified.status_code == 201, verified.text
        shown = data_of(verified)["user"]
        assert isinstance(shown, dict)
        return shown

    async def signed_in(
        self,
        email: str | None = None,
        transport: Transport = "cookie",
        *,
        user: User | None = None,
        password: str = PASSWORD,
        **options: Any,  # noqa: ANN401 - those of `client`
    ) -> Client:
        """Return a client that has signed in as a user, who is made if not given."""
        user = user or await self.user(email, password=password)
        is_bearer = transport == "bearer"
        client = self.bearer_client(**options) if is_bearer else self.client(**options)
        body = {"email": user.email, "password": password}
        answer = await client.post(self.kind.sign_in, json=body)
        assert answer.status_code == 200, answer.text
        client.user = user
        if is_bearer:
            client.carry(data_of(answer)["tokens"])
        return client

    async def require_ended(self, client: Client) -> None:
        """Fail unless the session of *client* has ended."""
        if self.kind.looks:
            refused(await client.get("/profile"), 401, "session_ended")
        if self.kind.refresh is not None:
            refused(await client.post(self.kind.refresh), 401, "session_ended")

    async def drain(self) -> None:
        """Let every letter that waits be mailed."""
        while await self.worker.run_once():
            pass

    async def mail_to(self, address: str, about: str = "") -> Email:
        """Return the newest mail to *address*, and drop those like it.

        Its subject contains *about*.
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                await self.drain()
                if mail := self.mails.take(address, about):
                    return mail
                await asyncio.sleep(0.02)

    async def mails_to(self, address: str, about: str = "") -> list[Email]:
        """Return all mails to *address* once every letter is mailed."""
        await self.drain()
        return self.mails.of(address, about)

    async def audited(self, user_id: UUID, event: str) -> Sequence[AuditEntry]:
        """Return the audit entries of *event* about the user."""
        for listener in self.built.get(Publisher)._listeners:
            if isinstance(listener, AuditTrail):
                await listener.flush()
        return await self.stores.audit.newest(user_id=user_id, event=event)

    def hash_cheaply(self) -> None:
        """Let hashes cost next to nothing, where their cost is not what is tested."""
        hashes = self.built.get(Passwords)._hashes
        cheap = PasswordHashes(threads=1, cost=HashCost(memory_kib=8, passes=1))
        hashes._hasher, hashes._decoy = cheap._hasher, cheap._decoy
        cheap.close()

    async def _sealed(self, password: str, user_id: UUID) -> str:
        passwords = self.built.get(Passwords)
        key = (password, passwords._hashes._hasher.memory_cost)
        if key not in _hashes:
            _hashes[key] = await passwords._hashes.hash(password)
        return passwords._vault.seal(_hashes[key].encode(), context=user_id.bytes)


async def open_service(
    kind: Kind,
    settings: AuthSettings,
    clock: Clock,
    mails: Mailbox,
    stack: AsyncExitStack,
    *,
    is_included: bool,
    files: object | None = None,
) -> Service:
    """Open the service; *stack* closes it."""
    await make_tables(settings.database_url.get_secret_value())
    given: dict[str, object] = {"mailer": mails}
    if files is not None:
        given["files"] = files
    if is_included:
        app = host_app(kind.create_router(settings, **given), *kind.beside)
    else:
        app = kind.create_app(settings, **given)
    known = asyncio.all_tasks()
    await stack.enter_async_context(app.router.lifespan_context(app))
    for task in asyncio.all_tasks() - known:
        if task.get_name() in DONE_BY_TESTS:
            task.cancel()
    stores = await kind.open_stores(settings)
    stack.push_async_callback(stores.close)
    service = Service(kind, settings, app, mails, clock, stores, Documented(app))
    for part in kind.on_time:
        if (found := service.built.find(part)) is not None:
            clock.subscribe(found.load)
    return service


def some_email() -> str:
    """Return an address that no other test uses."""
    return f"{to_text(new_id().bytes).lower()}@mail.example"


def sign_up_body(address: str, **changes: object) -> dict[str, object]:
    """Return a good body of a sign-up for *address*, with *changes*."""
    body: dict[str, object] = {
        "name": NAME,
        "email": address,
        "password": PASSWORD,
        "confirmPassword": PASSWORD,
    }
    return {**body, **changes}
