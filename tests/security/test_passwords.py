"""Passwords: taken as typed, whole, and never a known one (G1 to G8)."""

import asyncio
import time
import unicodedata
from collections.abc import AsyncIterator

import pytest

from keywright.features.passwords.service import PasswordDoor
from keywright.shared.passwords import HashCost, PasswordHashes
from tests.blueprints.harness import (
    NEW_PASSWORD,
    PASSWORD,
    Service,
    sign_up_body,
    some_email,
)
from tests.security.everywhere import everywhere
from tests.security.flows import reset_token, set_password, signs_in

pytestmark = pytest.mark.long

NAMED = "Ada Lovelace"
REFUSED = (
    "password",
    "12345678",
    "qwertyuiop",
    "iloveyou",
    "PASSWORD",
    "Password1",
    "1" * 8,
    "short 7",
    "x" * 257,
    "ada lovelace",
    "2026 Ada Lovelace!",
)


@pytest.mark.attack("G1")
@pytest.mark.asvs("V6.2.8")
async def test_every_character_of_a_long_password_counts(service: Service) -> None:
    password = "a" * 72 + "b"
    user = await service.user(password=password)
    others = ("a" * 72, "a" * 72 + "c", password + "b", password[:-2], password.upper())

    assert await signs_in(service, user, password)
    assert [await signs_in(service, user, other) for other in others] == [False] * 5


@pytest.mark.attack("G3")
@pytest.mark.asvs("V6.2.8")
async def test_a_password_is_compared_as_typed(service: Service) -> None:
    password = " Caf\u00e9 \ufb01le  Stra\u00dfe \u212b "
    user = await service.user(password=unicodedata.normalize("NFC", password))
    same = (password, password.replace("\u00e9", "e\u0301"))
    different = (
        password.strip(),
        password.replace("\ufb01", "fi"),
        password.lower(),
        password.casefold(),
        password.replace("  ", " "),
        password.replace("\u00e9", "e"),
    )

    assert [await signs_in(service, user, one) for one in same] == [True] * 2
    assert [await signs_in(service, user, one) for one in different] == [False] * 6


@pytest.mark.attack("G2")
@pytest.mark.asvs("V6.2.9")
@pytest.mark.parametrize("path", ["/signin", "/signup", "/reset-password"])
async def test_a_huge_password_is_refused_without_work(
    service: Service, path: str
) -> None:
    client, email = service.client(), some_email()
    for size in (1_025, 60_000, 1_000_000, 10_000_000):
        password = "p" * size
        body = {
            "/signin": {"email": email, "password": password},
            "/signup": sign_up_body(email, password=password, confirmPassword=password),
            "/reset-password": {"resetToken": "A" * 64, "newPassword": password},
        }[path]
        answer = await client.post(path, json=body)
        assert answer.status_code in {413, 422}, answer.text
        assert "ppppp" not in answer.text


@pytest.mark.attack("G2")
async def test_a_body_that_never_ends_is_cut_off(service: Service) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"email": "a@mail.example", "password": "'
        for _ in range(10_000):
            sent += 10_000
            yield b"p" * 10_000

    headers = {"content-type": "application/json"}
    began = time.perf_counter()
    answer = await service.client().post("/signin", content=endless(), headers=headers)

    assert answer.status_code == 413
    assert time.perf_counter() - began < 5


@pytest.mark.attack("G4")
@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "x\\udc00y", "\\udfff\\ud800"])
@pytest.mark.parametrize("path", ["/signin", "/signup", "/reset-password"])
async def test_half_a_character_is_refused(
    service: Service, path: str, half: str
) -> None:
    password = f"plum cabinet {half}"
    bodies = {
        "/signin": f'{{"email": "a@mail.example", "password": "{password}"}}',
        "/signup": (
            '{"name": "Ada", "email": "a@mail.example",'
            f' "password": "{password}", "confirmPassword": "{password}"}}'
        ),
        "/reset-password": (
            f'{{"resetToken": "{"A" * 64}", "newPassword": "{password}"}}'
        ),
    }
    headers = {"content-type": "application/json"}

    answer = await service.client().post(path, content=bodies[path], headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


@pytest.mark.attack("G4")
async def test_bytes_that_are_no_utf8_are_refused(service: Service) -> None:
    body = b'{"email": "a@mail.example", "password": "plum \xff\xfe cabinet"}'
    headers = {"content-type": "application/json"}

    answer = await service.client().post("/signin", content=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_body")


@pytest.mark.attack("G5")
async def test_a_user_without_a_password_cannot_sign_in_with_any(
    service: Service,
) -> None:
    user = await service.user(password_hash=None)
    passwords: tuple[object, ...] = (
        *("", " ", "\x00", "null", "None", "!", PASSWORD, "x" * 256),
        *(None, False, 0, [], {}, {"$ne": ""}),
    )
    for password in passwords:
        body = {"email": user.email, "password": password}
        answer = await service.client().post("/signin", json=body)
        assert answer.status_code in {401, 422}, f"{password!r}"


@pytest.mark.attack("G5")
async def test_a_password_without_a_user_signs_nobody_in(service: Service) -> None:
    for name in ("admin", "root", "test", "postmaster"):
        for password in ("admin", "password", "test", "root"):
            body = {"email": f"{name}@mail.example", "password": password}
            answer = await service.client().post("/signin", json=body)
            assert answer.status_code == 401


@pytest.mark.attack("G6")
@pytest.mark.asvs("V6.2.4")
@pytest.mark.asvs("V6.2.12")
async def test_a_sign_up_takes_no_bad_password(service: Service) -> None:
    for password in REFUSED:
        body = sign_up_body(
            some_email(), name=NAMED, password=password, confirmPassword=password
        )
        answer = await service.client().post("/signup", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")
        assert list(answer.json()["errors"]) == ["password"]


@pytest.mark.attack("G6")
@pytest.mark.asvs("V6.2.4")
@pytest.mark.asvs("V6.2.12")
async def test_a_change_takes_no_bad_password(service: Service) -> None:
    client = await service.signed_in()
    for password in REFUSED:
        body = {"oldPassword": PASSWORD, "newPassword": password}
        answer = await client.post("/change-password", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")

    assert await signs_in(service, client.user, PASSWORD)


@pytest.mark.attack("G6")
@pytest.mark.asvs("V6.2.4")
@pytest.mark.asvs("V6.2.12")
async def test_a_reset_takes_no_bad_password(service: Service) -> None:
    user = await service.user()
    for password in REFUSED:
        token = await reset_token(service, user)
        answer = await set_password(service, token, password)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")

    assert await signs_in(service, user, PASSWORD)


@pytest.mark.attack("G6")
@pytest.mark.asvs("V6.2.11")
async def test_the_address_is_no_password(service: Service) -> None:
    email = some_email()
    local = email.partition("@")[0]
    for password in (email, email.upper(), local, f"{local}1", f"123{local}!"):
        body = sign_up_body(email, password=password, confirmPassword=password)
        answer = await service.client().post("/signup", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "password_refused")


@pytest.mark.attack("G6")
@pytest.mark.asvs("V6.2.1")
@pytest.mark.asvs("V6.2.5")
@pytest.mark.asvs("V6.2.9")
@pytest.mark.parametrize(
    "password",
    [
        "xkvqwzjh",
        "83920475",
        "\u00e9\u00ea\u00eb\u00e8\u0119\u011b\u0117\u0113",
        "\U0001f512\U0001f333\U0001f30a\U0001f3b7\U0001f9ed\U0001f350\U0001f9ff\U0001f6f6",
        "\u7530\u4e2d\u3055\u3093\u306b\u3042\u3052\u3066",
        "        x",
        "q" * 63 + "z",
        "qz" * 64,
        "qz" * 128,
    ],
)
async def test_a_password_needs_length_and_no_composition(
    service: Service, password: str
) -> None:
    body = sign_up_body(some_email(), password=password, confirmPassword=password)

    assert (await service.client().post("/signup", json=body)).status_code == 202


@everywhere
@pytest.mark.attack("G8")
@pytest.mark.asvs("V11.4.2")
async def test_a_sign_in_raises_the_cost_of_an_old_hash(service: Service) -> None:
    passwords = service.built.get(PasswordDoor).passwords
    cheap = PasswordHashes(threads=1, cost=HashCost(memory_kib=8192, passes=1))
    user = await service.user()
    old = await cheap.hash(PASSWORD)
    cheap.close()
    sealed = passwords._vault.seal(old.encode(), context=user.id.bytes)
    await service.stores.users.rehash(user.id, old=user.password_hash or "", new=sealed)

    right = await asyncio.gather(*(signs_in(service, user, PASSWORD) for _ in range(6)))

    kept = await service.stores.users.by_id(user.id)
    assert kept is not None
    assert right == [True] * 6
    own = passwords._hashes._hasher
    cost = f"m={own.memory_cost},t={own.time_cost},p={own.parallelism}"
    assert cost in str(passwords._hash_of(kept))
    assert await signs_in(service, user, PASSWORD)
    assert not await signs_in(service, user, NEW_PASSWORD)
