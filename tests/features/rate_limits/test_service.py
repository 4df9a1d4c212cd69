"""Limits by client address and by account."""

import pytest

from keywright.features.rate_limits.errors import RateLimited
from keywright.features.rate_limits.memory import Limiter
from keywright.features.rate_limits.service import RateLimits
from tests.features.rate_limits.builders import limit
from tests.instants import MINUTE, NOW

TWO = limit(count=2)
KEY = b"k" * 32


class Limits:
    """Rate limits with a clock that tests set."""

    def __init__(self, *, enabled: bool = True) -> None:
        self.now = NOW
        self.limiter = Limiter()
        self.limits = RateLimits(
            self.limiter, KEY, enabled=enabled, now=lambda: self.now
        )

    async def passes(self, *addresses: str) -> list[bool]:
        """Say of a request from each of *addresses* whether it was let in."""
        return [await self._passes(address) for address in addresses]

    async def _passes(self, address: str) -> bool:
        try:
            await self.limits.by_client(TWO, address)
        except RateLimited:
            return False
        return True


async def test_a_client_is_refused_over_its_limit_and_told_how_long() -> None:
    limits = Limits()
    for _ in range(2):
        await limits.limits.by_client(TWO, "192.0.2.7")

    with pytest.raises(RateLimited) as refused:
        await limits.limits.by_client(TWO, "192.0.2.7")

    assert refused.value.limit == "test"
    assert refused.value.retry_after == MINUTE / 2


async def test_after_the_wait_the_client_is_let_in() -> None:
    limits = Limits()
    assert await limits.passes(*["192.0.2.7"] * 3) == [True, True, False]

    limits.now += MINUTE / 2

    assert await limits.passes(*["192.0.2.7"] * 2) == [True, False]


async def test_clients_are_counted_apart() -> None:
    limits = Limits()
    await limits.passes(*["192.0.2.7"] * 3)

    assert await limits.passes("192.0.2.8") == [True]


@pytest.mark.attack("F4")
async def test_all_addresses_of_one_ipv6_network_are_one_client() -> None:
    addresses = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:DB8:0:1:0:0:0:3"]

    assert await Limits().passes(*addresses) == [True, True, False]


@pytest.mark.attack("F4")
async def test_ten_times_as_many_are_taken_from_a_whole_ipv6_site() -> None:
    limits = Limits()
    addresses = [f"2001:db8:0:{number:x}::1" for number in range(30)]

    assert await limits.passes(*addresses) == [True] * 20 + [False] * 10
    assert await limits.passes("2001:db8:1::1") == [True]


@pytest.mark.attack("F4")
async def test_a_mapped_address_is_the_ipv4_client() -> None:
    addresses = ["192.0.2.7", "::ffff:192.0.2.7", "::FFFF:c000:207"]

    assert await Limits().passes(*addresses) == [True, True, False]


@pytest.mark.attack("F6")
async def test_clients_without_an_address_share_one_bucket() -> None:
    assert await Limits().passes("unknown", "", "testclient") == [True, True, False]


async def test_subjects_are_counted_by_all_their_parts() -> None:
    limits = Limits().limits
    for _ in range(2):
        await limits.by_subject(TWO, "ada", "one")

    await limits.by_subject(TWO, "ada", "other")
    await limits.by_subject(TWO, "adaone")
    with pytest.raises(RateLimited):
        await limits.by_subject(TWO, "ada", "one")


async def test_a_subject_is_no_client() -> None:
    limits = Limits()
    await limits.passes(*["192.0.2.7"] * 2)

    await limits.limits.by_subject(TWO, "192.0.2.7")


async def test_an_act_is_within_its_limit_or_not() -> None:
    limits = Limits().limits

    assert [await limits.is_within(TWO, "ada") for _ in range(3)] == [
        True,
        True,
        False,
    ]


async def test_limits_that_are_switched_off_refuse_nothing() -> None:
    limits = Limits(enabled=False)

    assert await limits.passes(*["192.0.2.7"] * 50) == [True] * 50


async def test_keys_name_neither_addresses_nor_accounts() -> None:
    limits = Limits()
    await limits.passes("192.0.2.7")
    await limits.limits.by_subject(TWO, "ada@example.com")

    kept = repr(vars(limits.limiter))

    assert "192.0.2.7" not in kept
    assert "ada" not in kept
