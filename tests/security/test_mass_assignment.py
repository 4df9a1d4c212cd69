"""Nobody chooses what only the service decides (I1, I2, D18)."""

from datetime import datetime, timedelta

import pytest

from tests.blueprints.fixtures import about
from tests.blueprints.forms import data_of
from tests.blueprints.harness import Client, Service, sign_up_body, some_email
from tests.blueprints.keepers import signed_in
from tests.blueprints.kinds import HYBRID, STATEFUL
from tests.blueprints.mailbox import code_in
from tests.security.operations import NOBODYS
from tests.security.parameters import BODIES, PRIVATE
from tests.security.surfaces import EVERY, WITH_CODES, refused_members, surface

PRIVILEGED: tuple[tuple[str, object], ...] = (
    ("role", "admin"),
    ("roles", ["admin"]),
    ("isAdmin", True),
    ("is_admin", True),
    ("permissions", ["*"]),
    ("scope", "admin"),
    ("orgId", NOBODYS),
    ("org_id", NOBODYS),
    ("id", NOBODYS),
    ("_id", NOBODYS),
    ("userId", NOBODYS),
    ("user_id", NOBODYS),
    ("sub", NOBODYS),
    ("createdAt", "2000-01-01T00:00:00Z"),
    ("isEmailVerified", True),
    ("is_email_verified", True),
    ("emailVerified", True),
    ("verified", True),
    ("status", "active"),
    ("epoch", 0),
    ("passwordHash", "x"),
    ("password_hash", "x"),
    ("purgeAfter", None),
    ("lastLoginAt", None),
    ("providers", ["github"]),
    ("__proto__", {"role": "admin"}),
    ("constructor", {}),
    ("", "x"),
)


async def unchanged(service: Service, client: Client) -> bool:
    """Say whether the user of *client* is as before."""
    stored = await service.stores.users.by_id(client.user.id)
    before = client.user
    return stored is not None and (
        (stored.role, stored.name, stored.email, stored.epoch, stored.status)
        == (before.role, before.name, before.email, before.epoch, before.status)
    )


@pytest.mark.attack("I1")
@pytest.mark.attack("I2")
@pytest.mark.attack("D18")
@pytest.mark.asvs("V15.3.3")
@pytest.mark.asvs("V8.2.3")
@pytest.mark.asvs("V6.4.2")
async def test_an_unknown_member_of_any_body_is_refused(service: Service) -> None:
    owner, nobody = await service.signed_in(), service.bearer_client()
    for bodies, client in ((BODIES, nobody), (PRIVATE, owner)):
        for method, path, body in bodies:
            for name, value in PRIVILEGED:
                sent = {**body, name: value}
                answer = await client.request(method, path, json=sent)
                assert answer.status_code == 422, f"{path} {name}"
                assert name in answer.json()["errors"] or not name

    assert await unchanged(service, owner)


@about(*(name for name in EVERY if name != HYBRID))
@pytest.mark.attack("I1")
@pytest.mark.attack("I2")
@pytest.mark.asvs("V15.3.3")
async def test_no_blueprint_takes_a_member_that_it_does_not_know(
    service: Service,
) -> None:
    owner, offered = await signed_in(service), surface(service)
    for operation in (*offered.public, *offered.protected):
        for name, value in PRIVILEGED if operation.body else ():
            sent = {**operation.body, name: value}
            answer = await owner.request(operation.method, operation.path, json=sent)
            assert name in refused_members(answer) or not name, f"{operation} {name}"

    assert await unchanged(service, owner)


@about(*WITH_CODES)
@pytest.mark.attack("I1")
async def test_a_member_in_another_spelling_is_refused(service: Service) -> None:
    client = await service.signed_in()
    for name in (
        "Name",
        "NAME",
        "name ",
        " name",
        "name\x00",
        "n\u0430me",
        "user.name",
    ):
        answer = await client.patch("/profile", json={name: "Mallory"})
        assert answer.status_code == 422, name
    for name in ("confirm_password", "confirmpassword", "ConfirmPassword"):
        body = sign_up_body(some_email())
        body[name] = body.pop("confirmPassword")
        answer = await service.client().post("/signup", json=body)
        assert answer.status_code == 422, name

    assert await unchanged(service, client)


@about(HYBRID, STATEFUL)
@pytest.mark.attack("I1")
@pytest.mark.attack("D18")
async def test_a_new_user_is_what_the_service_decides(service: Service) -> None:
    user = await service.sign_up()

    assert user["role"] == "user"
    assert user["isEmailVerified"] is True
    assert user["providers"] == ["password"]
    age = service.now() - datetime.fromisoformat(user["createdAt"])
    assert age < timedelta(minutes=1)


@about(*WITH_CODES)
@pytest.mark.attack("I1")
@pytest.mark.asvs("V8.2.3")
async def test_a_query_changes_nothing(service: Service) -> None:
    client = await service.signed_in()
    query = {"role": "admin", "userId": NOBODYS, "isAdmin": "true"}

    answer = await client.patch("/profile", params=query, json={})

    assert answer.status_code == 200
    assert data_of(answer)["user"]["role"] == "user"
    assert await unchanged(service, client)


@about(*WITH_CODES)
@pytest.mark.attack("I2")
@pytest.mark.attack("I3")
@pytest.mark.asvs("V8.2.2")
async def test_a_user_is_known_by_the_session_alone(service: Service) -> None:
    victim, thief = await service.signed_in(), await service.signed_in()
    headers = {
        "x-user-id": str(victim.user.id),
        "x-session-id": NOBODYS,
        "x-user-role": "admin",
    }

    shown = await thief.get("/profile", headers=headers)
    checked = await thief.get("/verify", headers=headers)

    assert data_of(shown)["user"]["id"] == str(thief.user.id)
    assert checked.headers["x-user-id"] == str(thief.user.id)
    assert checked.headers["x-user-role"] == "user"


@about(HYBRID, STATEFUL)
@pytest.mark.attack("I3")
@pytest.mark.asvs("V8.2.2")
async def test_another_users_mailed_tokens_are_worthless(service: Service) -> None:
    victim, thief = await service.signed_in(), await service.signed_in()
    mine = {"email": thief.user.email}
    await thief.post("/forgot-password", json=mine)
    code = code_in(await service.mail_to(thief.user.email, "reset"))
    body = {"email": victim.user.email, "otpCode": code}

    answer = await thief.post("/verify-reset-otp", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "code_invalid")
    assert await unchanged(service, victim)
