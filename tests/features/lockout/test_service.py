"""Tries are counted per account and device, and devices are known by their cookie."""

import pytest

from keywright.features.lockout.memory import FailureCounts
from keywright.features.lockout.service import KnownDevices, Lockout
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

    admitted = [await guard.admit(ACCOUNT, None) for _ in range(12)]

    assert [one.may_compare for one in admitted] == [True] * 10 + [False] * 2
    assert [one.tell_owner for one in admitted] == [False] * 10 + [True, False]


@pytest.mark.attack("F9")
async def test_strangers_do_not_use_up_the_tries_of_a_known_device() -> None:
    guard = lockout()
    for _ in range(1000):
        await guard.admit(ACCOUNT, None)

    assert (await guard.admit(ACCOUNT, "known")).may_compare


async def test_devices_are_counted_apart() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(ACCOUNT, "one")

    assert not (await guard.admit(ACCOUNT, "one")).may_compare
    assert (await guard.admit(ACCOUNT, "other")).may_compare


async def test_accounts_are_counted_apart() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(ACCOUNT, None)

    assert (await guard.admit("eve@example.com", None)).may_compare


async def test_no_device_id_is_taken_for_the_strangers() -> None:
    guard = lockout()
    for _ in range(11):
        await guard.admit(ACCOUNT, None)

    assert (await guard.admit(ACCOUNT, "stranger")).may_compare


async def test_a_stranger_that_was_right_takes_back_one_try_only() -> None:
    guard = lockout()
    for _ in range(10):
        await guard.admit(ACCOUNT, None)

    await guard.passed(ACCOUNT, None)

    assert (await guard.admit(ACCOUNT, None)).may_compare
    assert not (await guard.admit(ACCOUNT, None)).may_compare


async def test_a_known_device_that_was_right_starts_anew() -> None:
    guard = lockout()
    for _ in range(10):
        await guard.admit(ACCOUNT, "known")

    await guard.passed(ACCOUNT, "known")

    admitted = [await guard.admit(ACCOUNT, "known") for _ in range(10)]
    assert all(one.may_compare for one in admitted)


async def test_the_proof_of_the_mailbox_forgets_what_strangers_tried() -> None:
    guard = lockout()
    for _ in range(200):
        await guard.admit(ACCOUNT, None)

    await guard.clear(ACCOUNT)

    assert (await guard.admit(ACCOUNT, None)).may_compare


async def test_a_pause_admits_one_more_try() -> None:
    now = [NOW]
    guard = lockout(now=lambda: now[0])
    for _ in range(11):
        await guard.admit(ACCOUNT, None)

    now[0] += 4 * SECOND

    assert (await guard.admit(ACCOUNT, None)).may_compare
    assert not (await guard.admit(ACCOUNT, None)).may_compare
