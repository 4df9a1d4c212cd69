"""Tries are counted per account and device, and devices are known by their cookie."""

import pytest

from keywright.features.lockout.memory import FailureCounts
from keywright.features.lockout.policy import WINDOW
from keywright.features.lockout.service import KnownDevices, Lockout
from keywright.features.lockout.types import Try
from keywright.shared.clock import Now
from keywright.shared.secrets import new_id, to_text
from tests.instants import NOW, SECOND

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
DEVICES = KnownDevices([KEY])
USER = new_id()
ACCOUNT = "ada@example.com"


def still() -> Now:
    """Return a clock that stands."""
    return lambda: NOW


def tried(
    *, account: str = ACCOUNT, device: str | None = None, client: str = "192.0.2.7"
) -> Try:
    """Return a try at *account*, by default of a stranger."""
    return Try(account, device, client)


def lockout(store: FailureCounts | None = None, *, now: Now | None = None) -> Lockout:
    """Return a lockout that counts in *store*."""
    return Lockout(store or FailureCounts(), KEY, now=now or still())


def test_an_issued_cookie_is_recognised() -> None:
    cookie = DEVICES.issue(USER, 3)

    assert DEVICES.recognise(cookie, USER, 3) == cookie.partition(".")[0]


def test_two_devices_are_two() -> None:
    assert DEVICES.issue(USER, 0) != DEVICES.issue(USER, 0)


def test_a_known_device_keeps_its_id() -> None:
    device = DEVICES.recognise(DEVICES.issue(USER, 0), USER, 0)

    renewed = DEVICES.issue(USER, 1, device=device)

    assert DEVICES.recognise(renewed, USER, 1) == device


def test_a_cookie_dies_with_the_epoch() -> None:
    cookie = DEVICES.issue(USER, 3)

    assert DEVICES.recognise(cookie, USER, 4) is None
    assert DEVICES.recognise(cookie, USER, 2) is None


def test_a_cookie_of_another_user_is_not_recognised() -> None:
    assert DEVICES.recognise(DEVICES.issue(new_id(), 0), USER, 0) is None


def test_a_cookie_by_another_key_is_not_recognised() -> None:
    assert DEVICES.recognise(KnownDevices([OTHER_KEY]).issue(USER, 0), USER, 0) is None


def test_a_cookie_by_a_former_key_is_recognised() -> None:
    renewed = KnownDevices([OTHER_KEY, KEY])

    assert renewed.recognise(DEVICES.issue(USER, 0), USER, 0) is not None
    assert DEVICES.recognise(renewed.issue(USER, 0), USER, 0) is None


@pytest.mark.parametrize(
    "cookie",
    [
        None,
        "",
        ".",
        "a.b",
        "é.é",
        to_text(bytes(16)),
        f"{to_text(bytes(16))}.",
        f"{to_text(bytes(16))}.{to_text(bytes(32))}",
        f"{to_text(bytes(16))}.{to_text(bytes(32))}.{to_text(bytes(32))}",
    ],
)
def test_a_made_up_cookie_is_not_recognised(cookie: str | None) -> None:
    assert DEVICES.recognise(cookie, USER, 0) is None


def test_half_of_one_cookie_and_half_of_another_are_nothing() -> None:
    one, other = DEVICES.issue(USER, 0), DEVICES.issue(USER, 0)
    mixed = f"{one.partition('.')[0]}.{other.partition('.')[2]}"

    assert DEVICES.recognise(mixed, USER, 0) is None


async def test_ten_tries_are_free_and_the_eleventh_is_told() -> None:
    guard = lockout()

    admitted = [await guard.admit(tried()) for _ in range(12)]

    assert [one.may_compare for one in admitted] == [True] * 10 + [False] * 2
    assert [one.tell_owner for one in admitted] == [False] * 10 + [True, False]


@pytest.mark.attack("F9")
async def test_strangers_do_not_use_up_the_tries_of_a_known_device() -> None:
    guard = lockout()
    for _ in range(1000):
        await guard.admit(tried())

    assert (await guard.admit(tried(device="known"))).may_compare


async def test_devices_are_counted_apart() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(tried(device="one"))

    assert not (await guard.admit(tried(device="one"))).may_compare
    assert (await guard.admit(tried(device="other"))).may_compare


async def test_accounts_are_counted_apart() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(tried())

    assert (await guard.admit(tried(account="eve@example.com"))).may_compare


async def test_no_device_id_is_taken_for_the_strangers() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(tried())

    assert (await guard.admit(tried(device="stranger"))).may_compare


async def test_a_stranger_that_was_right_takes_back_one_try_only() -> None:
    guard = lockout()
    for _ in range(10):
        await guard.admit(tried())

    await guard.passed(tried())

    assert (await guard.admit(tried())).may_compare
    assert not (await guard.admit(tried())).may_compare


async def test_a_known_device_that_was_right_starts_anew() -> None:
    guard = lockout()
    for _ in range(10):
        await guard.admit(tried(device="known"))

    await guard.passed(tried(device="known"))

    admitted = [await guard.admit(tried(device="known")) for _ in range(10)]
    assert all(one.may_compare for one in admitted)


async def test_the_proof_of_the_mailbox_forgets_what_strangers_tried() -> None:
    guard = lockout()
    for _ in range(200):
        await guard.admit(tried())

    await guard.clear(ACCOUNT)

    assert (await guard.admit(tried())).may_compare


async def test_a_pause_admits_one_more_try() -> None:
    now = [NOW]
    guard = lockout(now=lambda: now[0])
    for _ in range(11):
        await guard.admit(tried())

    now[0] += 4 * SECOND

    assert (await guard.admit(tried())).may_compare
    assert not (await guard.admit(tried())).may_compare


async def test_tries_are_counted_wherever_they_come_from() -> None:
    guard = lockout()
    for number in range(10):
        await guard.admit(tried(client=f"198.51.100.{number}"))

    assert not (await guard.admit(tried())).may_compare


async def over(guard: Lockout, *, tries: int = 101) -> Lockout:
    """Return *guard* after strangers of eleven networks tried that often."""
    for number in range(tries):
        await guard.admit(tried(client=f"2001:db8:{number % 11:x}::1"))
    return guard


@pytest.mark.attack("F9")
@pytest.mark.parametrize("tries", [11, 100, 101, 1000])
async def test_without_a_stop_strangers_use_up_no_other_networks_tries(
    tries: int,
) -> None:
    guard = await over(lockout().without_stop(), tries=tries)

    assert (await guard.admit(tried())).may_compare


@pytest.mark.attack("F2")
async def test_without_a_stop_each_network_has_ten_tries() -> None:
    guard = lockout().without_stop()
    admitted = [await guard.admit(tried()) for _ in range(12)]

    assert [one.may_compare for one in admitted] == [True] * 10 + [False] * 2


@pytest.mark.attack("F2")
async def test_without_a_stop_a_network_has_three_tries_after_a_hundred() -> None:
    guard = await over(lockout().without_stop())

    admitted = [await guard.admit(tried()) for _ in range(5)]

    assert [one.may_compare for one in admitted] == [True] * 3 + [False] * 2


@pytest.mark.attack("F4")
@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("2001:db8:1:2::3", "2001:db8:1:ffff::4", True),
        ("2001:db8:1::3", "2001:db8:2::3", False),
        ("192.0.2.7", "::ffff:192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("unknown", "", True),
    ],
)
async def test_a_network_is_what_one_customer_has(
    one: str, other: str, is_shared: bool
) -> None:
    guard = lockout().without_stop()
    for _ in range(10):
        await guard.admit(tried(client=one))

    admitted = await guard.admit(tried(client=other))

    assert admitted.may_compare is not is_shared


@pytest.mark.attack("F9")
async def test_without_a_stop_a_network_gets_three_more_after_the_window() -> None:
    now = [NOW]
    guard = await over(lockout(now=lambda: now[0]).without_stop())
    for _ in range(4):
        await guard.admit(tried())

    now[0] += WINDOW

    admitted = [await guard.admit(tried()) for _ in range(4)]
    assert [one.may_compare for one in admitted] == [True] * 3 + [False]


async def test_without_a_stop_the_owner_is_told_once_per_series() -> None:
    guard = lockout().without_stop()
    clients = [f"2001:db8:{number % 11:x}::1" for number in range(300)]

    admitted = [await guard.admit(tried(client=client)) for client in clients]

    assert [number for number, one in enumerate(admitted, 1) if one.tell_owner] == [11]


async def test_without_a_stop_a_try_that_was_right_is_taken_back() -> None:
    guard = lockout().without_stop()
    for _ in range(150):
        assert (await guard.admit(tried())).may_compare
        await guard.passed(tried())


async def test_what_strangers_tried_is_forgotten_without_a_stop_as_well() -> None:
    guard = await over(lockout().without_stop(), tries=200)

    await guard.clear(ACCOUNT)

    admitted = [await guard.admit(tried()) for _ in range(10)]
    assert all(one.may_compare for one in admitted)


async def test_a_known_device_is_counted_as_ever_without_a_stop() -> None:
    guard = await over(lockout().without_stop(), tries=200)

    admitted = [await guard.admit(tried(device="known")) for _ in range(11)]

    assert [one.may_compare for one in admitted] == [True] * 10 + [False]
