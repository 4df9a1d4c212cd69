"""Long input costs no more than short input (H4, H11)."""

import time

import pytest

from tests.blueprints.harness import Service, sign_up_body
from tests.security.parameters import elsewhere, members

pytestmark = pytest.mark.long

QUICK = 0.5
LONG = 50_000
CRUEL = {
    "one letter": "a" * LONG,
    "dots": "." * LONG,
    "at signs": "@" * LONG,
    "an address without an end": "a@" + "a." * (LONG // 2),
    "a local part without an end": "a" * LONG + "@mail.example",
    "quotes": '"' * LONG,
    "spaces": " " * LONG,
    "spaces and a letter": " " * LONG + "a",
    "marks that combine": "a" + "\u0300\u0316" * (LONG // 4),
    "marks in falling order": "\u0300" * (LONG // 4) + "\u0316" * (LONG // 4),
    "syllables": "\u1100\u1161\u11a8" * (LONG // 9),
    "punycode": "a@xn--" + "9" * LONG,
    "semicolons": ";" * LONG,
    "backslashes": "\\" * LONG,
}


@pytest.mark.attack("H11")
@pytest.mark.asvs("V1.3.12")
@pytest.mark.parametrize("name", CRUEL)
async def test_no_member_is_parsed_slowly(service: Service, name: str) -> None:
    owner = await service.signed_in()
    for parameter in members(service, owner):
        spent = []
        for _ in range(2):
            began = time.process_time()
            answer = await parameter.send(CRUEL[name])
            spent.append(time.process_time() - began)
            assert answer.status_code in {413, 422, 400}, parameter.name
        assert min(spent) < QUICK, f"{parameter.name}: {min(spent):.3f} s"


@pytest.mark.attack("H4")
@pytest.mark.attack("H11")
@pytest.mark.parametrize("name", CRUEL)
async def test_nothing_else_is_parsed_slowly(service: Service, name: str) -> None:
    owner = await service.signed_in()
    for parameter in elsewhere(service, owner):
        text = CRUEL[name][: 5000 if "{}" in parameter.name else 15_000]
        spent = []
        for _ in range(2):
            began = time.process_time()
            answer = await parameter.send(text)
            spent.append(time.process_time() - began)
            assert answer.status_code < 500, parameter.name
        limit = 2 * QUICK if parameter.name == "user-agent" else QUICK
        assert min(spent) < limit, f"{parameter.name}: {min(spent):.3f} s"


@pytest.mark.attack("H4")
async def test_too_many_cookies_or_headers_are_refused(service: Service) -> None:
    cookies = "; ".join(f"c{number}=x" for number in range(1000))
    headers = {f"x-header-{number}": "x" for number in range(200)}
    answers = [
        await service.client(cookie=cookies).get("/profile"),
        await service.client().get("/profile", headers=headers),
        await service.client(x_large="x" * 100_000).get("/profile"),
        await service.client(cookie="a=" + "x" * 100_000).get("/profile"),
    ]

    assert {answer.status_code for answer in answers} == {431}


@pytest.mark.attack("H11")
async def test_a_name_of_combining_marks_is_refused_quickly(
    service: Service,
) -> None:
    name = "a" + "\u0300" * 15_000 + "\u0316" * 15_000
    body = sign_up_body("a@mail.example", name=name)
    began = time.process_time()

    answer = await service.client().post("/signup", json=body)

    assert answer.status_code == 422
    assert time.process_time() - began < QUICK
