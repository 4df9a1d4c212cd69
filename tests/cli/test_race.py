"""`race` against a service in a process of its own, and against none."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.service.processes import run_command, serving

EMAIL, PASSWORD = "ada@example.com", "plum cabinet 7 sailing"
WINDOW = 30
"""Longer than any machine takes for one race."""
SERVICE = {
    "AUTH_RATE_LIMITS": "off",
    "AUTH_REFRESH_RETRY_WINDOW": f"{WINDOW}s",
    "AUTH_OTP_COOLDOWN": "1s",
}


@pytest.mark.timeout(300)
def test_the_service_keeps_every_promise(tmp_path: Path, call: Call) -> None:
    added = run_command(
        tmp_path,
        *("users", "create-admin", "--email", EMAIL, "--name", "Ada"),
        "--password-stdin",
        variables=SERVICE,
        given=f"{PASSWORD}\n",
    )
    assert added.returncode == 0, added.stderr
    with serving(tmp_path, variables=SERVICE) as service:
        outcome = call(
            *("race", service.url, "--email", EMAIL, "--password-stdin", "--json"),
            *("--at-once", "16", "--window", str(WINDOW)),
            *("--mailbox", f"{service.url}/dev/mail.json"),
            given=f"{PASSWORD}\n",
        )

    kept = {one["promise"]: one["kept"] for one in json.loads(outcome.out)}
    assert set(kept.values()) == {True}, outcome.out
    assert len(kept) == 6
    assert outcome.code == 0
    assert PASSWORD not in outcome.out + outcome.err


def test_where_nobody_answers_nothing_is_proved(call: Call) -> None:
    outcome = call(
        *("race", "http://127.0.0.1:1", "--email", EMAIL, "--password-stdin"),
        given=f"{PASSWORD}\n",
    )

    assert outcome.code == 1
    assert outcome.out.count("not tried") == 6
