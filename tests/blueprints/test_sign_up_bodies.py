"""Which bodies of a sign-up are taken; no store has a say in it."""

import pytest

from tests.blueprints.answers import invalid, refused, shown
from tests.blueprints.harness import PASSWORD, Service, sign_up_body, some_email

VARIANTS = ("sqlite", "included")


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"name": "Al"}, "name"),
        ({"name": "a" * 51}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "Ada\r\nBcc: x"}, "name"),
        ({"name": 7}, "name"),
        ({"email": "nobody"}, "email"),
        ({"email": f"{'a' * 60}@{'b' * 60}.example"}, "email"),
        ({"email": ["a@mail.example", "b@mail.example"]}, "email"),
        ({"email": " a@mail.example"}, "email"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"password": "a" * 1025}, "password"),
        ({"confirmPassword": 1}, "confirmPassword"),
        ({"role": "admin"}, "role"),
        ({"isEmailVerified": True}, "isEmailVerified"),
        ({"id": "0198c0de-0000-7000-8000-000000000000"}, "id"),
        ({"confirm_password": PASSWORD}, "confirm_password"),
    ],
)
async def test_a_body_that_is_not_acceptable_is_refused_by_its_member(
    service: Service, changes: dict[str, object], member: str
) -> None:
    body = sign_up_body(some_email(), **changes)
    invalid(await service.client().post("/signup", json=body), member)


@pytest.mark.parametrize("member", ["name", "email", "password", "confirmPassword"])
async def test_every_member_of_a_sign_up_must_be_there(
    service: Service, member: str
) -> None:
    body = sign_up_body(some_email())
    del body[member]
    invalid(await service.client().post("/signup", json=body), member)


async def test_both_passwords_must_be_equal(service: Service) -> None:
    body = sign_up_body(some_email(), confirmPassword="another 9 lantern")
    answer = await service.client().post("/signup", json=body)
    invalid(answer, "confirmPassword")


@pytest.mark.parametrize(
    "password", ["seven 7", "a" * 257, "password123", "Ada Lovelace 42"]
)
async def test_a_bad_password_is_refused_with_the_reason(
    service: Service, password: str
) -> None:
    body = sign_up_body(some_email(), password=password, confirmPassword=password)
    answer = await service.client().post("/signup", json=body)
    assert refused(answer, 422, "password_refused")["errors"].keys() == {"password"}


@pytest.mark.parametrize("password", ["eight ch", "é" * 8, "漢" * 256, "12 34 56 7 8"])
async def test_length_is_all_a_password_needs(service: Service, password: str) -> None:
    body = sign_up_body(some_email(), password=password, confirmPassword=password)
    shown(await service.client().post("/signup", json=body), 202)


async def test_refusals_never_repeat_what_was_sent(service: Service) -> None:
    body = sign_up_body(some_email(), password="canary 123 wren", name=7, extra="heron")
    answer = await service.client().post("/signup", json=body)
    assert "canary" not in answer.text
    assert "heron" not in answer.text


async def test_names_of_three_and_fifty_characters_are_good(service: Service) -> None:
    for name in ("Bob", "a" * 50, "Zoë 漢字"):
        body = sign_up_body(some_email(), name=name)
        shown(await service.client().post("/signup", json=body), 202)


@pytest.mark.parametrize(
    ("changes", "member"),
    [
        ({"otpCode": "12345"}, "otpCode"),
        ({"otpCode": "12345x"}, "otpCode"),
        ({"otpCode": 123456}, "otpCode"),
        ({"flowId": "short"}, "flowId"),
        ({"email": "nobody"}, "email"),
        ({"role": "admin"}, "role"),
    ],
)
async def test_a_proof_of_the_wrong_form_is_refused(
    service: Service, changes: dict[str, object], member: str
) -> None:
    body = {"email": some_email(), "otpCode": "000000", **changes}
    invalid(await service.client().post("/verify-user", json=body), member)


async def test_an_address_may_have_a_hundred_characters(service: Service) -> None:
    longest = f"{'a' * 60}@{'b' * 31}.example"
    assert len(longest) == 100
    client = service.client()
    shown(await client.post("/signup", json=sign_up_body(longest)), 202)
    answer = await client.post("/signup", json=sign_up_body(f"a{longest}"))
    invalid(answer, "email")
