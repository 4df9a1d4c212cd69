import subprocess
import sys

import pytest

from tests.cli.conftest import Call

HEAVY = (
    "alembic",
    "fastapi",
    "httpx2",
    "questionary",
    "sqlalchemy",
    "starlette",
    "uvicorn",
)
COMMANDS = (
    "serve",
    "dev",
    "add",
    "db migrate",
    "keys rotate",
    "keys reseal",
    "users create-admin",
    "purge",
    "doctor",
    "openapi",
)


def test_help_loads_nothing_heavy() -> None:
    script = f"""
import sys
from keywright.cli.main import main
for command in {("", *COMMANDS)!r}:
    sys.argv = ["keywright", *command.split(), "--help"]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
found = [name for name in {HEAVY!r} if name in sys.modules]
sys.exit(f"loaded: {{found}}" if found else 0)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(call: Call, command: str) -> None:
    shown = call(*command.split(), "--help")

    assert shown.code == 0
    assert "Usage: keywright" in shown.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("serve", "--no-such-option"),
        ("serve", "--port", "many"),
        ("keys", "revoke"),
        ("doctor", "--cwd", "no-such-folder"),
        ("users", "create-admin", "--email", "ada@example.com"),
        (
            *("users", "create-admin", "--email", "ada@example.com", "--name", "Ada"),
            *("--password", "plum cabinet 7 sailing"),
        ),
    ],
)
def test_wrong_usage_is_2(call: Call, arguments: tuple[str, ...]) -> None:
    assert call(*arguments).code == 2


def test_the_version_is_told(call: Call) -> None:
    assert call("--version").out.strip().count(".") == 2


def test_a_failure_is_one_sentence_with_the_next_command(call: Call) -> None:
    failed = call("keys", "list", AUTH_REDIS_URL="redis://:s3cret@127.0.0.1:1/0")

    assert failed.code == 1
    assert failed.out == ""
    assert failed.err.rstrip().endswith("Run: keywright doctor")
    assert "s3cret" not in failed.err


def test_wrong_settings_are_told_without_values(call: Call) -> None:
    failed = call("purge", AUTH_SECRET="s3cret", AUTH_PORT="s3cret")

    assert failed.code == 1
    assert "AUTH_PORT" in failed.err
    assert "s3cret" not in failed.err
