import pytest

from keywright.service.failures import Failure
from keywright.service.sockets import is_loopback, reserve, share


@pytest.mark.parametrize("workers", [1, 2])
def test_a_port_in_use_is_told_with_what_to_do(workers: int) -> None:
    with reserve("127.0.0.1", 0, workers=1) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failure, match=f"Port {port} on 127.0.0.1 is in use"):
            reserve("127.0.0.1", port, workers=workers)


def test_a_second_service_does_not_share_the_port_of_the_first() -> None:
    with reserve("127.0.0.1", 0, workers=2) as held:
        port = held.getsockname()[1]
        with share("127.0.0.1", port) as worker:
            worker.listen()
            with pytest.raises(Failure, match="in use"):
                reserve("127.0.0.1", port, workers=2)


def test_workers_share_one_address() -> None:
    with reserve("127.0.0.1", 0, workers=2) as held:
        port = held.getsockname()[1]
        with share("127.0.0.1", port) as first, share("127.0.0.1", port) as second:
            first.listen()
            second.listen()
            assert first.getsockname() == second.getsockname() == held.getsockname()


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(Failure, match="keywright serve --host"):
        reserve("192.0.2.1", 0, workers=1)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST."]
)
def test_names_and_addresses_of_this_machine_are_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.attack
@pytest.mark.parametrize(
    "host",
    [
        "",
        "0.0.0.0",  # noqa: S104 - refused
        "::",
        "localhost.evil.test",
        "127.0.0.1.evil.test",
        "10.0.0.1",
    ],
)
def test_nothing_else_counts_as_this_machine(host: str) -> None:
    assert not is_loopback(host)
