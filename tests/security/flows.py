"""Flows with a mailed code, as their owner and as a stranger go through them."""

from dataclasses import dataclass, field

from httpx2 import Response

from keywright.features.users.types import User
from keywright.shared.secrets import from_text, random_bytes
from tests.blueprints.forms import data_of
from tests.blueprints.harness import (
    NEW_PASSWORD,
    Client,
    Service,
    sign_up_body,
    some_email,
)
from tests.blueprints.mailbox import code_in

HOME = "127.0.0.1"
SIGN_UP, RESET = "/verify-user", "/verify-reset-otp"


def some_address() -> str:
    """Return a client address that no other test uses."""
    return ".".join(str(part) for part in (10, *random_bytes(3)))


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that was started, and the code that was mailed."""

    service: Service
    client: Client
    path: str
    email: str
    flow_id: str
    code: str = field(repr=False)

    @property
    def right_status(self) -> int:
        """Return the status of a right code."""
        return 201 if self.path == SIGN_UP else 200

    def wrong(self, number: int) -> str:
        """Return a code that is not the mailed one; another for each *number*."""
        length = len(self.code)
        return f"{(int(self.code) + 1 + number) % 10**length:0{length}}"

    async def enter(
        self, code: str | None = None, *, client: Client | None = None, **body: object
    ) -> Response:
        """Show *code*, the mailed one unless given, with changes of the *body*."""
        sent = {
            "email": self.email,
            "otpCode": code or self.code,
            "flowId": self.flow_id,
            **body,
        }
        return await (client or self.client).post(self.path, json=sent)

    async def passes(self) -> bool:
        """Say whether the mailed code passes now."""
        return (await self.enter()).status_code == self.right_status

    async def attempts(self) -> int:
        """Return how many codes were compared, as the store has it."""
        kept = await self.service.stores.challenges.by_id(from_text(self.flow_id))
        return kept.attempts if kept else 0


async def sign_up(
    service: Service, email: str | None = None, *, address: str = HOME
) -> Flow:
    """Start a sign-up and read its mail."""
    email, client = email or some_email(), service.client(address=address)
    answer = await client.post("/signup", json=sign_up_body(email))
    return await _started(service, client, SIGN_UP, email, answer)


async def reset(
    service: Service, user: User | None = None, *, address: str = HOME
) -> Flow:
    """Start a reset of a user's password and read its mail."""
    user, client = user or await service.user(), service.client(address=address)
    answer = await client.post("/forgot-password", json={"email": user.email})
    return await _started(service, client, RESET, user.email, answer)


async def reset_token(service: Service, user: User) -> str:
    """Return a reset token of *user*."""
    answer = await (await reset(service, user)).enter()
    assert answer.status_code == 200, answer.text
    return str(data_of(answer)["resetToken"])


async def set_password(
    service: Service, token: str, password: str = NEW_PASSWORD
) -> Response:
    """Set *password* by the reset token *token*."""
    body = {"resetToken": token, "newPassword": password}
    return await service.client().post("/reset-password", json=body)


async def signs_in(service: Service, user: User, password: str) -> bool:
    """Say whether *password* signs *user* in."""
    body = {"email": user.email, "password": password}
    answer = await service.client().post(service.kind.sign_in, json=body)
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200


async def _started(
    service: Service, client: Client, path: str, email: str, answer: Response
) -> Flow:
    assert answer.status_code == 202, answer.text
    code = code_in(await service.mail_to(email, "your"))
    return Flow(service, client, path, email, data_of(answer)["flowId"], code)
