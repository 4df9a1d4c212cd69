"""GET and PATCH profile."""

import pytest

from keywright.features.users.types import UserChanges
from tests.blueprints.answers import invalid, is_uuid7, refused, shown
from tests.blueprints.fixtures import WITHOUT_STORES
from tests.blueprints.harness import NAME, Service
from tests.blueprints.kinds import HYBRID, STATEFUL, STATELESS

BLUEPRINTS = (HYBRID, STATEFUL, STATELESS)

MEMBERS = {
    "id",
    "name",
    "email",
    "role",
    "avatar",
    "isEmailVerified",
    "providers",
    "lastLoginAt",
    "createdAt",
    "updatedAt",
}


@pytest.mark.asvs("V15.3.1")
@pytest.mark.asvs("V14.2.6")
async def test_the_profile_shows_exactly_the_documented_members(
    service: Service,
) -> None:
    client = await service.signed_in()
    data = shown(await client.get("/profile"))
    assert data.keys() == {"user"}
    user = data["user"]
    assert user.keys() == MEMBERS
    assert is_uuid7(user["id"])
    assert user["name"] == NAME
    assert user["email"] == client.user.email
    assert user["avatar"] is None
    for member in ("createdAt", "updatedAt", "lastLoginAt"):
        assert user[member].endswith("Z")


@WITHOUT_STORES
async def test_without_signing_in_there_is_no_profile(service: Service) -> None:
    answer = await service.client().get("/profile")
    refused(answer, 401, "not_signed_in")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_name_can_be_changed(service: Service) -> None:
    client = await service.signed_in()
    answer = await client.patch("/profile", json={"name": "Grace Hopper"})
    assert shown(answer)["user"]["name"] == "Grace Hopper"
    assert shown(await client.get("/profile"))["user"]["name"] == "Grace Hopper"


async def test_a_change_moves_updated_at(service: Service) -> None:
    client = await service.signed_in()
    before = shown(await client.get("/profile"))["user"]
    answer = await client.patch("/profile", json={"name": "Grace Hopper"})
    after = shown(answer)["user"]
    assert after["updatedAt"] > before["updatedAt"]
    assert after["createdAt"] == before["createdAt"]


async def test_a_patch_without_members_changes_nothing(service: Service) -> None:
    client = await service.signed_in()
    before = shown(await client.get("/profile"))["user"]
    assert shown(await client.patch("/profile", json={}))["user"] == before


@WITHOUT_STORES
@pytest.mark.parametrize(
    "member",
    [
        "role",
        "email",
        "id",
        "isEmailVerified",
        "createdAt",
        "password",
        "epoch",
        "status",
        "providers",
    ],
)
async def test_nothing_that_decides_about_access_can_be_changed(
    service: Service, member: str
) -> None:
    client = await service.signed_in()
    before = shown(await client.get("/profile"))["user"]
    invalid(await client.patch("/profile", json={member: "admin"}), member)
    assert shown(await client.get("/profile"))["user"] == before


@WITHOUT_STORES
@pytest.mark.parametrize("name", ["Al", "a" * 51, "   ", "A\nB", 7])
async def test_a_name_is_held_to_the_rules_of_the_sign_up(
    service: Service, name: object
) -> None:
    client = await service.signed_in()
    invalid(await client.patch("/profile", json={"name": name}), "name")


@WITHOUT_STORES
async def test_a_profile_cannot_be_changed_without_signing_in(
    service: Service,
) -> None:
    answer = await service.client().patch("/profile", json={"name": "Grace Hopper"})
    refused(answer, 401, "not_signed_in")


async def test_a_role_is_effective_on_the_next_request(service: Service) -> None:
    client = await service.signed_in()
    assert shown(await client.get("/profile"))["user"]["role"] == "user"
    changes = UserChanges(role="admin")
    await service.stores.users.update(client.user.id, changes, now=service.now())
    assert shown(await client.get("/profile"))["user"]["role"] == "admin"


async def test_two_users_see_their_own_profiles(service: Service) -> None:
    one, two = await service.signed_in(), await service.signed_in()
    for client in (one, two):
        user = shown(await client.get("/profile"))["user"]
        assert user["email"] == client.user.email
