import os
import signal
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.service.processes import (
    PATIENCE,
    PRODUCTION,
    SECRET,
    run_command,
    serving,
    wait_until,
)

SIGN_IN = "/api/v1/auth/signin"


def answers(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=1):
            return True
    except OSError:
        return False


def test_a_start_without_any_setting_serves_and_keeps_to_itself(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as service:
        assert service.get("/livez").status_code == 200
        assert service.get("/readyz").status_code == 200
        made = tmp_path / ".keywright"
        modes = {one.name: one.stat().st_mode & 0o777 for one in made.iterdir()}
        assert service.stop() == 0
    assert service.err == []
    assert made.stat().st_mode & 0o777 == 0o700
    assert {"secret", "keywright.db", ".gitignore"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_an_administrator_of_the_command_line_can_sign_in(tmp_path: Path) -> None:
    added = run_command(
        tmp_path,
        *("users", "create-admin", "--email", "ada@example.com", "--name", "Ada"),
        "--password-stdin",
        given="plum cabinet 7 sailing\n",
    )
    assert added.returncode == 0, added.stderr
    with serving(tmp_path) as service:
        answered = service.post(
            SIGN_IN, email="ada@example.com", password="plum cabinet 7 sailing"
        )
    assert answered.json()["data"]["user"]["role"] == "admin"


def test_a_sign_up_ends_with_the_code_from_the_mailbox(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        password = "plum cabinet 7 sailing"
        started = service.post(
            "/api/v1/auth/signup",
            name="Ada",
            email="ada@example.com",
            password=password,
            confirmPassword=password,
        )
        wait_until(lambda: service.get("/dev/mail.json").json())
        (mail,) = service.get("/dev/mail.json?to=ada@example.com").json()
        code = next(word for word in mail["text"].split() if word.isdecimal())
        verified = service.post(
            "/api/v1/auth/verify-user",
            email="ada@example.com",
            otpCode=code,
            flowId=started.json()["data"]["flowId"],
        )
    assert verified.status_code == 201


@pytest.mark.fault
def test_a_request_under_way_is_finished_after_sigterm(tmp_path: Path) -> None:
    body = b'{"email":"ada@example.com","password":"plum cabinet 7 sailing"}'
    head = (
        f"POST {SIGN_IN} HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with serving(tmp_path) as service:
        with socket.create_connection(("127.0.0.1", service.port)) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(head + body[:10])
            time.sleep(0.3)
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: not answers(service.url))
            connection.sendall(body[10:])
            received = connection.recv(65_536)
        assert service.process.wait(PATIENCE) == 0
    assert received.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in received.lower()


@pytest.mark.fault
def test_workers_replace_each_other(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as service:
        first, second = service.workers()
        os.kill(first, signal.SIGKILL)
        # Until it is gone, its socket takes connections that nobody will serve.
        wait_until(lambda: first not in service.workers())
        assert all(service.get("/livez").status_code == 200 for _ in range(20))
        wait_until(lambda: len(service.workers()) == 2)
        wait_until(lambda: service.get("/readyz").status_code == 200)
        (third,) = set(service.workers()) - {second}
        wait_until(lambda: is_listening(third))
        os.kill(second, signal.SIGKILL)
        wait_until(lambda: second not in service.workers())
        assert all(service.get("/livez").status_code == 200 for _ in range(20))
        assert service.stop() == 0


@pytest.mark.fault
def test_workers_leave_with_their_supervisor(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as service:
        service.process.kill()
        wait_until(lambda: not answers(service.url))


def is_listening(pid: int) -> bool:
    """Say whether the process *pid* holds a listening socket."""
    listening = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()
        if line.split()[3] == "0A"
    }
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            found.add(str(link.readlink()))
    return any(one.startswith("socket:") and one[8:-1] in listening for one in found)


@pytest.mark.attack
def test_half_sent_headers_are_closed_in_time(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--header-timeout", "0.5") as service,
        socket.create_connection(("127.0.0.1", service.port)) as connection,
    ):
        connection.settimeout(PATIENCE)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: local")
        began = time.monotonic()
        assert connection.recv(1000) == b""
        assert time.monotonic() - began < 3
        assert service.stop(signal.SIGINT) == 0


def test_all_wrong_settings_are_told_at_once_without_their_values(
    tmp_path: Path,
) -> None:
    refused = run_command(
        tmp_path,
        "serve",
        variables={
            "AUTH_SECRET": "s3cret",
            "AUTH_PORT": "s3cret-port",
            "AUTH_ACCESS_TOKEN_LIFETIME": "s3cret-time",
            "AUTH_BLUEPRINT": "s3cret-blueprint",
        },
    )
    assert refused.returncode == 1
    for name in ("AUTH_PORT", "AUTH_ACCESS_TOKEN_LIFETIME", "AUTH_BLUEPRINT"):
        assert name in refused.stderr
    assert "hybrid-auth" in refused.stderr
    assert "s3cret" not in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr


def test_production_waits_for_its_migration_then_serves(tmp_path: Path) -> None:
    refused = run_command(tmp_path, "serve", variables=PRODUCTION)
    assert refused.returncode == 1
    assert "keywright db migrate" in refused.stderr

    for command in ("create", "migrate"):
        done = run_command(tmp_path, "db", command, variables=PRODUCTION)
        assert done.returncode == 0, done.stderr
    with serving(tmp_path, variables=PRODUCTION) as service:
        assert service.get("/readyz").status_code == 200
        for path in ("/dev/mail", "/dev/mail.json", "/api/docs", "/api/openapi.json"):
            assert service.get(path).status_code == 404
        assert service.stop() == 0
    assert SECRET not in "".join([*service.out, *service.err])


def test_a_store_that_is_not_there_ends_the_start_in_one_sentence(
    tmp_path: Path,
) -> None:
    refused = run_command(
        tmp_path,
        *("serve", "--port", "0", "--workers", "2"),
        variables={"AUTH_REDIS_URL": "redis://:s3cret@127.0.0.1:1/0"},
    )
    assert refused.returncode == 1
    assert "keywright doctor" in refused.stderr
    assert "s3cret" not in refused.stderr
    assert "Traceback" not in refused.stderr
