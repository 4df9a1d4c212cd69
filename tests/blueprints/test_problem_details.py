"""AUTH_RESPONSES=problem: plain resources, and errors by RFC 9457.

The form is chosen when the modules are imported, so the service has a process of its
own.
"""

import re
from asyncio import sleep, timeout
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from httpx2 import AsyncClient, Response
from pydantic import SecretStr

from keywright.blueprints.hybrid_auth.app import create_router
from keywright.blueprints.hybrid_auth.settings import Settings
from keywright.shared.responses import FORM
from keywright.shared.settings import SettingsInvalid
from tests.blueprints.answers import hardened
from tests.blueprints.forms_problem import (
    check_documented,
    check_refusal,
    check_success,
)
from tests.blueprints.harness import (
    BASE,
    PASSWORD,
    SECRET,
    sign_up_body,
    some_email,
)
from tests.blueprints.servers import served
from tests.blueprints.storages import make_tables


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("problem")


@pytest.fixture(scope="session")
async def origin(folder: Path) -> AsyncIterator[str]:
    url = f"sqlite:///{folder / 'auth.db'}"
    await make_tables(url)
    settings = {
        "AUTH_ENV": "test",
        "AUTH_SECRET": SECRET,
        "AUTH_DATABASE_URL": url,
        "AUTH_RESPONSES": "problem",
        "AUTH_MAIL_URL": f"file:{folder / 'mails'}",
    }
    async with served(settings, workers=1) as address:
        yield address


def test_settings_do_not_ask_for_another_form_than_the_process_has() -> None:
    settings = Settings(
        database_url=SecretStr("sqlite:///auth.db"),
        secret=(SecretStr(SECRET),),
        responses="problem" if FORM == "envelope" else "envelope",
    )

    with pytest.raises(SettingsInvalid, match=f"AUTH_RESPONSES: {FORM}"):
        create_router(settings)


@pytest.fixture
async def client(origin: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(
        base_url=f"{origin}{BASE}", headers={"origin": origin}, timeout=60
    ) as opened:
        yield opened


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    body = answer.json()
    assert (answer.status_code, body["code"]) == (status, code)
    check_refusal(answer)
    assert body["requestId"] == answer.headers["x-request-id"]
    assert ("www-authenticate" in answer.headers) is (status == 401)
    hardened(answer)
    assert isinstance(body, dict)
    return body


def resource(answer: Response, status: int = 200) -> Any:  # noqa: ANN401 - JSON
    assert answer.status_code == status, answer.text
    check_success(answer)
    hardened(answer)
    return answer.json()


async def mailed_code(folder: Path, address: str) -> str:
    """Return the code of the mail to *address*, once it is there."""
    async with timeout(30):
        while True:
            for file in (folder / "mails").glob("*.eml"):
                mail = message_from_bytes(
                    file.read_bytes(), EmailMessage, policy=default
                )
                body = mail.get_body(("plain",))
                if address in str(mail["To"]) and body is not None:
                    found = re.search(r"\b\d{6}\b", body.get_content())
                    assert found is not None
                    return found[0]
            await sleep(0.1)


async def signed_up(folder: Path, client: AsyncClient, email: str) -> Response:
    """Return the answer to the code of a sign-up."""
    started = await client.post("/signup", json=sign_up_body(email))
    assert resource(started, 202).keys() == {"flowId", "expiresAt", "resendAt"}
    body = {"email": email, "otpCode": await mailed_code(folder, email)}
    return await client.post("/verify-user", json=body)


async def test_resources_are_plain(folder: Path, client: AsyncClient) -> None:
    email = some_email()
    verified = resource(await signed_up(folder, client, email), 201)
    assert verified["user"]["email"] == email
    body = {"email": email, "password": PASSWORD}
    signed_in = resource(await client.post("/signin", json=body))
    assert signed_in.keys() == {"user"}
    shown = resource(await client.get("/profile"))
    assert shown["user"]["email"] == email
    assert len(resource(await client.get("/sessions"))["sessions"]) == 1
    assert resource(await client.post("/refresh-token")) == {}
    assert resource(await client.delete("/sessions")) == {"revoked": 0}
    assert resource(await client.post("/logout")) == {"message": "Signed out."}


async def test_refusals_are_problem_details(client: AsyncClient) -> None:
    body = {"email": some_email(), "password": PASSWORD}
    wrong = await client.post("/signin", json=body)
    problem(wrong, 401, "invalid_credentials")
    problem(await client.get("/profile"), 401, "not_signed_in")
    malformed = await client.post(
        "/signin", content=b"{", headers={"content-type": "application/json"}
    )
    problem(malformed, 400, "malformed_body")


async def test_members_that_are_wrong_are_named(client: AsyncClient) -> None:
    body = sign_up_body(some_email(), role="admin")
    answer = await client.post("/signup", json=body)
    errors = problem(answer, 422, "validation_failed")["errors"]
    assert errors.keys() == {"role"}


async def test_what_no_route_answers_is_a_problem_too(
    client: AsyncClient, origin: str
) -> None:
    problem(await client.get(f"{origin}/nope"), 404, "not_found")
    problem(await client.get("/signup"), 405, "method_not_allowed")


async def test_the_document_describes_problem_details(
    client: AsyncClient, origin: str
) -> None:
    document = (await client.get(f"{origin}/api/openapi.json")).json()
    for item in document["paths"].values():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    check_documented(response["content"])
