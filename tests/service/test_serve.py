import os
import signal
import socket
import subprocess
import sys
import time
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


def test_a_start_without_any_setting_serves(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert service.get("/livez").status_code == 200
        assert service.get("/readyz").status_code == 200
        assert service.stop() == 0
        assert service.err == []


def test_what_a_start_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    with serving(tmp_path):
        made = tmp_path / ".keywright"
        modes = {one.name: one.stat().st_mode & 0o777 for one in made.iterdir()}
    assert made.stat().st_mode & 0o777 == 0o700
    assert {"secret", "keywright.db", ".gitignore"} <= modes.keys()
    assert set(modes.values()) == {0o600}


def test_a_second_start_finds_the_users_of_the_first(tmp_path: Path) -> None:
    added = run_command(
        tmp_path,
        *("users", "create-admin", "--email", "ada@example.com", "--name", "Ada"),
        "--password-stdin",
        given="plum cabinet 7 sailing\n",
    )
    assert added.returncode == 0, added.stderr
    for _ in range(2):
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


def test_ctrl_c_is_no_failure(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        assert service.stop(signal.SIGINT) == 0


@pytest.mark.fault
def test_workers_replace_each_other(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2") as service:
        first, second = service.workers()
        os.kill(first, signal.SIGKILL)
        assert all(service.get("/livez").status_code == 200 for _ in range(20))
        wait_until(lambda: len(service.workers()) == 2)
        wait_until(lambda: first not in service.workers())
        wait_until(lambda: service.get("/readyz").status_code == 200)
        (third,) = set(service.workers()) - {second}
        wait_until(lambda: is_listening(third))
        os.kill(second, signal.SIGKILL)
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
    return any(
        str(link.readlink())[8:-1] in listening
        for link in Path(f"/proc/{pid}/fd").iterdir()
        if str(link.readlink()).startswith("socket:")
    )


@pytest.mark.attack
def test_half_sent_headers_are_closed_in_time(tmp_path: Path) -> None:
    with (
        serving(tmp_path, "--header-timeout", "0.5") as service,
        socket.create_connection(("127.0.0.1", service.port)) as connection,
    ):
        connection.settimeout(5)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: local")
        began = time.monotonic()
        assert connection.recv(1000) == b""
        assert time.monotonic() - began < 3


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


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"AUTH_SECRET": "change-me-change-me-change-me-change-me"}, "AUTH_SECRET"),
        ({"AUTH_SECRET": "short"}, "AUTH_SECRET"),
        ({"AUTH_SECRET": ""}, "AUTH_SECRET"),
        ({"AUTH_DATABASE_URL": ""}, "AUTH_DATABASE_URL"),
        ({"AUTH_PUBLIC_URL": ""}, "AUTH_PUBLIC_URL"),
        ({"AUTH_PUBLIC_URL": "http://id.example.com"}, "AUTH_PUBLIC_URL"),
        ({"AUTH_DEBUG": "1"}, "AUTH_DEBUG"),
        ({"AUTH_WORKERS": "2"}, "AUTH_WORKERS"),
        ({"AUTH_TEST_CLOCK": "clock"}, "AUTH_TEST_CLOCK"),
    ],
)
def test_production_refuses_what_is_for_development(
    tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    refused = run_command(tmp_path, "serve", variables={**PRODUCTION, **changes})

    assert refused.returncode == 1
    assert named in refused.stderr
    assert not (tmp_path / ".keywright").exists()


@pytest.mark.attack
@pytest.mark.parametrize("env", ["development", "test"])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])  # noqa: S104 - refused
def test_only_production_listens_for_other_machines(
    tmp_path: Path, env: str, host: str
) -> None:
    refused = run_command(
        tmp_path, "serve", "--host", host, variables={"AUTH_ENV": env}
    )
    assert refused.returncode == 1
    assert "AUTH_HOST" in refused.stderr


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


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for workers in ("1", "2"):
            refused = run_command(
                tmp_path, "serve", "--port", port, "--workers", workers
            )
            assert refused.returncode == 1
            assert f"Port {port} on 127.0.0.1 is in use" in refused.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_store_that_is_not_there_ends_the_start_in_one_sentence(
    tmp_path: Path, workers: str
) -> None:
    refused = run_command(
        tmp_path,
        *("serve", "--port", "0", "--workers", workers),
        variables={"AUTH_REDIS_URL": "redis://:s3cret@127.0.0.1:1/0"},
    )
    assert refused.returncode == 1
    assert "keywright doctor" in refused.stderr
    assert "s3cret" not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_starts_at_the_same_time_agree_on_one_secret(tmp_path: Path) -> None:
    script = (
        "from keywright.service.folder import fresh_secret, prepare_folder;"
        "print(fresh_secret(prepare_folder()))"
    )
    command = [sys.executable, "-c", script]
    started = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    secrets = {process.communicate(timeout=PATIENCE)[0] for process in started}

    assert len(secrets) == 1
    assert len(secrets.pop().strip()) == 64
