"""Limits: the documented ones, by the true client, in front of any work (F)."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from keywright.shared.secrets import random_bytes
from tests.blueprints.fixtures import ServiceWith
from tests.blueprints.harness import (
    PASSWORD,
    Client,
    Service,
    sign_up_body,
    some_email,
)
from tests.security.everywhere import everywhere
from tests.security.flows import some_address
from tests.security.operations import JUNK, Operation
from tests.security.second import second_process

pytestmark = pytest.mark.long

_numbers = count()
FORWARDING = (
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "cf-connecting-ip",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-forwarded",
    "fastly-client-ip",
    "x-originating-ip",
)
LIMITS = (
    (5, Operation("POST", "/signup", {"name": "x"})),
    (10, Operation("POST", "/signin", {"email": "x"})),
    (6, Operation("POST", "/forgot-password", {"email": "x"})),
    (6, Operation("POST", "/resend-otp", {"flowId": "A" * 22})),
    (6, Operation("POST", "/verify-user", {"email": "x"})),
    (6, Operation("POST", "/verify-reset-otp", {"email": "x"})),
    (6, Operation("POST", "/reset-password", {"resetToken": JUNK})),
    (5, Operation("POST", "/change-password", {"oldPassword": "x"})),
    (5, Operation("POST", "/account/request-delete", {"type": "soft"})),
    (5, Operation("DELETE", "/account/delete", {"token": JUNK})),
    (5, Operation("PUT", "/account/reactivate", {"reactivationToken": JUNK})),
    (300, Operation("GET", "/profile")),
)


@pytest.fixture
async def limited(service_with: ServiceWith) -> Service:
    return await service_with(rate_limits="on")


@pytest.fixture
async def proxied(service_with: ServiceWith) -> Service:
    return await service_with(rate_limits="on", trusted_proxies=("172.16.0.0/12",))


async def until_refused(client: Client, operation: Operation, most: int) -> int:
    """Return how many times *client* may do it before it is told to wait."""
    for done in range(2 * most):
        answer = await operation.send(client)
        if answer.status_code == 429:
            assert answer.json()["code"] == "rate_limited"
            assert int(answer.headers["retry-after"]) >= 1
            return done
    return 2 * most


MANY = 60
GUESS = Operation("POST", "/signin", {"email": "nobody@mail.example", "password": "x"})


@pytest.mark.attack("F1")
@pytest.mark.asvs("V2.4.1")
@pytest.mark.asvs("V6.3.1")
@pytest.mark.parametrize(("most", "operation"), LIMITS, ids=str)
async def test_a_client_may_do_something_only_so_often(
    limited: Service, most: int, operation: Operation
) -> None:
    client = limited.client(address=some_address())

    done = await until_refused(client, operation, most)
    # While three hundred requests are sent, further ones come free.
    assert done == most if most < MANY else most <= done < 2 * most


@pytest.mark.attack("F1")
async def test_a_client_may_refresh_only_so_often(limited: Service) -> None:
    client = limited.bearer_client(address=some_address())
    statuses = []
    for number in range(120):
        body = {"refreshToken": f"{number}"}
        statuses.append((await client.post("/refresh-token", json=body)).status_code)

    assert statuses[:60] == [401] * 60
    assert 429 in statuses


@pytest.mark.attack("F1")
async def test_after_the_time_that_was_told_one_more_is_let_in(
    limited: Service,
) -> None:
    client = limited.client(address=some_address())
    await until_refused(client, GUESS, 10)
    refused = await GUESS.send(client)

    await limited.clock.advance(timedelta(seconds=int(refused.headers["retry-after"])))

    statuses = [(await GUESS.send(client)).status_code for _ in range(2)]
    assert statuses == [401, 429]


@pytest.mark.attack("F12")
async def test_a_limit_stands_in_front_of_the_work(limited: Service) -> None:
    user = await limited.user()
    client = limited.client(address=some_address())
    right = Operation("POST", "/signin", {"email": user.email, "password": PASSWORD})
    assert await until_refused(client, right, 10) == 10
    before = (await limited.stores.users.by_id(user.id)) or user

    answer = await right.send(client)

    after = await limited.stores.users.by_id(user.id)
    assert answer.status_code == 429
    assert "set-cookie" not in answer.headers
    assert after == before


@pytest.mark.attack("F3")
@pytest.mark.asvs("V4.1.3")
@pytest.mark.asvs("V15.3.4")
async def test_a_client_does_not_choose_its_address(limited: Service) -> None:
    address = some_address()
    done = 0
    for header in (*FORWARDING, *FORWARDING):
        client = limited.client(address=address)
        answer = await GUESS.send(client, **{header.replace("-", "_"): some_address()})
        done += answer.status_code != 429

    assert done == 10


@pytest.mark.attack("F3")
@pytest.mark.asvs("V4.1.3")
@pytest.mark.parametrize(
    "chain",
    [
        "{client}",
        "{fake}, {client}",
        "{fake}, {client}, 172.16.0.9",
        "{fake},{client},172.16.0.9,172.17.0.9",
        "127.0.0.1, {client}",
        "172.16.0.1, {client}",
        "junk, {client}",
    ],
)
@pytest.mark.asvs("V15.3.4")
async def test_behind_trusted_proxies_the_last_foreign_hop_counts(
    proxied: Service, chain: str
) -> None:
    me = some_address()
    done = 0
    for _ in range(12):
        client = proxied.client(address="172.16.0.2")
        forwarded = chain.format(client=me, fake=some_address())
        answer = await GUESS.send(client, x_forwarded_for=forwarded)
        done += answer.status_code != 429

    assert done == 10


@pytest.mark.attack("F3")
async def test_two_clients_behind_one_proxy_are_counted_apart(
    proxied: Service,
) -> None:
    for _ in range(12):
        client = proxied.client(address="172.16.0.2")
        answer = await GUESS.send(client, x_forwarded_for=some_address())
        assert answer.status_code == 401


def spellings() -> Iterator[str]:
    """Yield spellings of addresses that belong to one client."""
    prefix = f"2001:db8:{random_bytes(2).hex()}:{random_bytes(2).hex()}"
    yield from (f"{prefix}::{number:x}" for number in range(1, 5))
    yield f"{prefix}::1".upper()
    yield f"{prefix}:0000:0000:0000:0001"
    yield f"{prefix}:0:0:0:1"
    yield f"{prefix}::1%eth0"
    yield f"{prefix}:ffff:ffff:ffff:ffff"
    yield f"{prefix}::192.0.2.1"
    yield f"{prefix}::2%25x"
    yield f"{prefix}:a::"


@pytest.mark.attack("F4")
async def test_all_addresses_of_an_ipv6_network_share_a_limit(
    proxied: Service,
) -> None:
    done = 0
    for spelling in spellings():
        client = proxied.client(address="172.16.0.2")
        answer = await GUESS.send(client, x_forwarded_for=spelling)
        done += answer.status_code != 429

    assert done == 10


@pytest.mark.attack("F4")
async def test_an_ipv4_address_has_one_limit_however_it_is_written(
    proxied: Service,
) -> None:
    plain = some_address()
    mapped = [plain, f"::ffff:{plain}", f"::FFFF:{plain}", f"0:0:0:0:0:ffff:{plain}"]
    done = 0
    for spelling in mapped * 3:
        client = proxied.client(address="172.16.0.2")
        answer = await GUESS.send(client, x_forwarded_for=spelling)
        done += answer.status_code != 429

    assert done == 10


@pytest.mark.attack("F6")
async def test_clients_without_an_address_share_one_limit(
    service_with: ServiceWith,
) -> None:
    fresh = ("172.16.0.0/12", f"172.31.{random_bytes(1)[0]}.1")
    service = await service_with(rate_limits="on", trusted_proxies=fresh)
    done = 0
    for hop in ("unknown", "_hidden", "junk", "", "256.1.1.1", "::g", "1.2.3", "x") * 2:
        client = service.client(address="172.16.0.2")
        answer = await GUESS.send(client, x_forwarded_for=hop)
        done += answer.status_code != 429
    for address in ("", "not an address"):
        answer = await GUESS.send(service.client(address=address))
        done += answer.status_code != 429

    assert done <= 10


@everywhere
@pytest.mark.attack("F7")
async def test_workers_share_one_limit(limited: Service) -> None:
    address = some_address()
    async with second_process(limited) as second, second_process(limited) as third:
        workers = [limited, second, third]
        answers = await asyncio.gather(
            *(
                GUESS.send(workers[number % 3].client(address=address))
                for number in range(30)
            )
        )

    statuses = [answer.status_code for answer in answers]
    # Who read the clock before the first that was counted may be refused at the edge.
    assert statuses.count(401) in {9, 10}
    assert statuses.count(429) == 30 - statuses.count(401)


@everywhere
@pytest.mark.attack("F1")
async def test_a_limit_holds_when_all_come_at_once(limited: Service) -> None:
    client = limited.client(address=some_address())
    body = {"email": some_email()}

    answers = await asyncio.gather(
        *(client.post("/verify-user", json=body) for _ in range(40))
    )

    statuses = [answer.status_code for answer in answers]
    # As above.
    assert statuses.count(422) in {5, 6}
    assert statuses.count(429) == 40 - statuses.count(422)


@pytest.mark.attack("F10")
async def test_another_spelling_of_the_path_has_no_limit_of_its_own(
    limited: Service,
) -> None:
    client = limited.client(address=some_address())
    await until_refused(client, GUESS, 10)
    for path in ("/signin?x=1", "//signin", "/signin/", "/./signin", "/SIGNIN"):
        answer = await client.post(path, json=GUESS.body)
        assert answer.status_code in {404, 405, 429}, path


@pytest.mark.attack("F10")
async def test_bearer_clients_and_browsers_share_the_limits(limited: Service) -> None:
    address = some_address()
    done = 0
    for number in range(12):
        make = limited.bearer_client if number % 2 else limited.client
        done += (await GUESS.send(make(address=address))).status_code != 429

    assert done == 10


@pytest.mark.attack("L3")
@pytest.mark.asvs("V2.4.1")
async def test_one_address_is_mailed_only_so_often_by_strangers(
    limited: Service,
) -> None:
    user = await limited.user()
    body = {"email": user.email}
    for _ in range(25):
        client = limited.client(address=some_address())
        await client.post("/forgot-password", json=body)

    assert len(await limited.mails_to(user.email)) == 20


@pytest.mark.attack("L3")
@pytest.mark.attack("D16")
async def test_one_client_mails_one_address_only_so_often(limited: Service) -> None:
    email, address = some_email(), some_address()
    statuses = []
    for number in range(7):
        client = limited.client(address=address)
        body = sign_up_body(email) if number % 2 else {"email": email}
        path = "/signup" if number % 2 else "/forgot-password"
        statuses.append((await client.post(path, json=body)).status_code)
        await limited.clock.advance(timedelta(seconds=61))

    assert statuses == [202] * 5 + [429] * 2


@pytest.mark.attack("D16")
@pytest.mark.asvs("V6.6.3")
async def test_one_client_asks_for_one_code_in_a_minute(limited: Service) -> None:
    user, address = await limited.user(), some_address()
    client = limited.client(address=address)

    answers = [
        await client.post("/forgot-password", json={"email": user.email}),
        await client.post("/forgot-password", json={"email": user.email}),
        await client.post("/resend-otp"),
    ]

    assert [answer.status_code for answer in answers] == [202, 429, 429]
    assert len(await limited.mails_to(user.email)) == 1


@pytest.mark.attack("L3")
async def test_who_guesses_passwords_mails_the_owner_once(service: Service) -> None:
    user = await service.user()
    for _ in range(40):
        body = {"email": user.email, "password": f"{PASSWORD} {next(_numbers)}"}
        await service.client().post("/signin", json=body)

    assert len(await service.mails_to(user.email)) == 1
