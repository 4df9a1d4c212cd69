"""What operators do to one account: show, ban, activate, end its sessions."""

import asyncio
import json
from typing import Any

import pytest
from httpx2 import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette

from keywright.service.application import build
from keywright.service.settings import service_settings
from tests.cli.conftest import Call

EMAIL, PASSWORD = "ada@example.com", "difference engine no. 2"
SIGN_IN = {
    "hybrid-auth": ("/api/v1/auth/signin", "/api/v1/auth/profile"),
    "stateful-auth": ("/api/v1/auth/signin", "/api/v1/auth/profile"),
    "auth-service": ("/auth/login", "/auth/self"),
}
HEADERS = {"user-agent": "Engine \x1b[31m1"}


@pytest.fixture(params=SIGN_IN)
def blueprint(call: Call, request: pytest.FixtureRequest) -> str:
    """Add a user by a blueprint, which is kept for what follows."""
    name: str = request.param
    options = ("--email", EMAIL, "--name", "Ada", "--password-stdin")
    added = call("users", "create-admin", *options, given=PASSWORD, AUTH_BLUEPRINT=name)
    assert added.code == 0, added.err
    return name


def signed_in_then(blueprint: str, *acts: Any) -> list[Response]:  # noqa: ANN401
    """Sign in, and return what that and the own account answer after each act."""
    sign_in, me = SIGN_IN[blueprint]

    base = service_settings().public_url

    async def live(app: Starlette) -> list[Response]:
        transport = ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            AsyncClient(transport=transport, base_url=base, headers=HEADERS) as client,
        ):
            body = {"email": EMAIL, "password": PASSWORD}
            origin = {"origin": base}
            answers = [await client.post(sign_in, json=body, headers=origin)]
            for act in acts:
                await asyncio.to_thread(act)
                answers.append(await client.get(me))
            return answers

    return asyncio.run(live(build(service_settings())))


def test_sessions_that_an_operator_ends_are_over(call: Call, blueprint: str) -> None:
    def end() -> None:
        assert call("users", "end-sessions", EMAIL).out.startswith("1 sessions")

    signed_in, before, after = signed_in_then(blueprint, lambda: None, end)
    assert [signed_in.status_code, before.status_code] == [200, 200]
    assert after.status_code == 401
    assert "SessionsEnded" in call("users", "show", EMAIL).out


def test_the_banned_are_out_and_stay_out_until_they_are_activated(
    call: Call, blueprint: str
) -> None:
    _, before, after = signed_in_then(
        blueprint, lambda: None, lambda: call("users", "ban", EMAIL.upper())
    )
    assert (before.status_code, after.status_code) == (200, 401)
    [refused] = signed_in_then(blueprint)
    assert refused.status_code in {401, 403}

    call("users", "activate", EMAIL)

    [admitted] = signed_in_then(blueprint)
    assert admitted.status_code == 200


def test_an_account_is_shown_with_its_sessions_and_events(
    call: Call, blueprint: str
) -> None:
    signed_in_then(blueprint)
    account = json.loads(call("users", "show", EMAIL, "--json").out)
    assert (account["email"], account["status"]) == (EMAIL, "active")
    assert len(account["sessions"]) == 1
    assert "UserSignedIn" in {one["event"] for one in account["events"]}
    text = call("users", "show", EMAIL).out
    assert "\x1b" not in text
    assert "$argon2" not in text


@pytest.mark.parametrize("command", ["show", "ban", "activate", "end-sessions"])
@pytest.mark.parametrize(
    ("email", "told"), [("bob@example.com", "no user"), ("ada", "an e-mail address")]
)
def test_a_wrong_address_is_nobodys(
    call: Call, command: str, email: str, told: str
) -> None:
    refused = call("users", command, email)
    assert (refused.code, told in refused.err) == (1, True)
