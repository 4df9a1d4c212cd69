"""Strings that broke others are kept exactly, or refused (H5, H7)."""

import time
import unicodedata

import pytest

from tests.blueprints.forms import data_of
from tests.blueprints.harness import PASSWORD, Client, Service
from tests.security.corpora import INJECTIONS, NAUGHTY, OPERATORS
from tests.security.flows import signs_in
from tests.security.parameters import Parameter, elsewhere, members

pytestmark = pytest.mark.long

SLOW = 2.0


async def parameters(service: Service) -> list[Parameter]:
    owner = await service.signed_in()
    return [*members(service, owner), *elsewhere(service, await service.signed_in())]


async def is_whole(service: Service, client: Client) -> bool:
    """Say whether users are still there, and still their own."""
    shown = data_of(await client.get("/profile"))["user"]
    stored = await service.stores.users.by_id(client.user.id)
    return stored is not None and shown["email"] == client.user.email == stored.email


@pytest.mark.attack("H5")
@pytest.mark.asvs("V1.2.4")
@pytest.mark.parametrize("part", range(4))
async def test_no_string_anywhere_breaks_anything(service: Service, part: int) -> None:
    witness = await service.signed_in()
    for parameter in (await parameters(service))[part::4]:
        if "password" in parameter.name.lower():
            continue
        for text in NAUGHTY:
            answer = await parameter.send(text)
            assert answer.status_code < 500, f"{parameter.name}: {text!r}"
            assert answer.headers["x-request-id"].isascii()

    assert await is_whole(service, witness)


@pytest.mark.attack("H5")
async def test_a_name_is_kept_exactly_or_refused(service: Service) -> None:
    client = await service.signed_in()
    kept = 0
    for text in NAUGHTY:
        answer = await client.patch("/profile", json={"name": text})
        if answer.status_code == 200:
            kept += 1
            expected = unicodedata.normalize("NFC", text).strip()
            shown = data_of(await client.get("/profile"))["user"]
            assert shown["name"] == expected
        else:
            assert answer.status_code == 422, f"{text!r}"

    assert kept > len(NAUGHTY) // 2


@pytest.mark.attack("H5")
async def test_a_browser_of_any_name_can_sign_in(service: Service) -> None:
    user = await service.user()
    client = await service.signed_in(user=user)
    for text in NAUGHTY[::4]:
        line = text.encode().translate(None, b"\r\n\x00")
        body = {"email": user.email, "password": PASSWORD}
        headers = [(b"user-agent", line)]
        answer = await client.post("/signin", json=body, headers=headers)
        assert answer.status_code == 200, f"{text!r}"
        assert (await client.get("/sessions")).status_code == 200, f"{text!r}"


@pytest.mark.attack("H5")
@pytest.mark.asvs("V6.2.8")
async def test_a_password_is_kept_exactly_or_refused(service: Service) -> None:
    client = await service.signed_in()
    current, kept = PASSWORD, 0
    for text in NAUGHTY[::5]:
        body = {"oldPassword": current, "newPassword": text}
        answer = await client.post("/change-password", json=body)
        if answer.status_code != 200:
            assert answer.status_code == 422, f"{text!r}"
            continue
        current, kept = text, kept + 1
        assert await signs_in(service, client.user, text), f"{text!r}"

    assert kept > 3


@pytest.mark.attack("H7")
@pytest.mark.asvs("V1.2.4")
async def test_no_injection_anywhere_finds_or_breaks_anything(
    service: Service,
) -> None:
    witness = await service.signed_in()
    for parameter in await parameters(service):
        if "password" in parameter.name.lower():
            continue
        for text in INJECTIONS:
            began = time.perf_counter()
            answer = await parameter.send(text)
            assert answer.status_code < 500, f"{parameter.name}: {text!r}"
            assert time.perf_counter() - began < SLOW, f"{parameter.name}: {text!r}"

    assert await is_whole(service, witness)


@pytest.mark.attack("H7")
async def test_an_injection_into_a_sign_in_signs_nobody_in(service: Service) -> None:
    user = await service.user()
    for text in INJECTIONS:
        for body in (
            {"email": user.email, "password": text},
            {"email": f"{user.email}{text}", "password": PASSWORD},
            {"email": text, "password": PASSWORD},
        ):
            answer = await service.client().post("/signin", json=body)
            assert answer.status_code in {401, 422}, f"{body}"


@pytest.mark.attack("H7")
async def test_an_injection_into_an_id_ends_no_session(service: Service) -> None:
    thief, victim = await service.signed_in(), await service.signed_in()
    parameter = next(
        one for one in elsewhere(service, thief) if one.name == "/sessions/{}"
    )
    for text in (*INJECTIONS, "*", "%2A", "all", "null", "0"):
        answer = await parameter.send(text)
        assert answer.status_code in {404, 405, 422}, f"{text!r}"

    assert (await victim.get("/profile")).status_code == 200


@pytest.mark.attack("H7")
@pytest.mark.asvs("V2.2.1")
@pytest.mark.asvs("V15.3.5")
async def test_a_value_of_another_type_is_refused(service: Service) -> None:
    owner = await service.signed_in()
    for parameter in members(service, owner):
        optional = parameter.name.split()[1] in {"flowId", "refreshToken", "name"}
        nullable = optional or parameter.name.endswith("request-delete password")
        for value in OPERATORS:
            if value is None and nullable:
                continue
            answer = await parameter.send(value)
            assert answer.status_code == 422, f"{parameter.name}: {value!r}"
            assert answer.json()["code"] == "validation_failed"
