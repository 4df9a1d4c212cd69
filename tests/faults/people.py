"""Users of the killable service, by way of its HTTP interface."""

import asyncio
from dataclasses import dataclass

from httpx2 import AsyncClient

from keywright.shared.secrets import new_id
from tests.faults.service import PASSWORD, Killable, data, post


@dataclass(frozen=True, slots=True)
class SigningUp:
    """Somebody who holds the mailed code but has not used it yet."""

    email: str
    code: str
    flow_id: str

    @property
    def proof(self) -> dict[str, str]:
        """Return the body that proves the address."""
        return {"email": self.email, "otpCode": self.code, "flowId": self.flow_id}


async def sign_up(service: Killable, client: AsyncClient) -> SigningUp:
    """Return a new sign-up once its mail has arrived."""
    email = f"{new_id().hex}@faults.example"
    body = {
        "name": "Ada Lovelace",
        "email": email,
        "password": PASSWORD,
        "confirmPassword": PASSWORD,
    }
    started = await client.post("/api/v1/auth/signup", json=body)
    assert started.status_code == 202, started.text
    async with asyncio.timeout(20):
        while (code := service.code_for(email)) is None:
            await asyncio.sleep(0.1)
    return SigningUp(email, code, data(started)["flowId"])


async def signed_in(client: AsyncClient, email: str) -> dict[str, str]:
    """Return the tokens of a new session."""
    answer = await post(client, "signin", {"email": email, "password": PASSWORD})
    assert answer is not None
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]["tokens"]  # type: ignore[no-any-return]  # JSON
