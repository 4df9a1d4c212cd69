"""keywright beside what a user would take instead: `python -m bench.peers`.

Each on PostgreSQL, one process on one core, Argon2id at the same cost where the peer
lets one choose; better-auth is measured reading the database and with its cookie cache.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

import psycopg

from bench.behaviours import AUTH, Getting, Refreshing, SigningIn
from bench.measured import Candidate, alternate
from bench.peers import scratch
from bench.peers.behaviours import (
    BETTER_AUTH,
    EXPRESS,
    FASTAPI_USERS,
    Member,
    Peer,
    Rotating,
)
from bench.people import people
from bench.servers import SECRET, free_port, running, settings, uvicorn
from bench.service import migrated

CONNECTIONS = 16
RESULTS = Path(".cache/bench")
NOTHING: Mapping[str, str] = MappingProxyType({})


def main() -> int:
    """Measure, print a table with ratios, and write JSON."""
    parser = argparse.ArgumentParser(prog="bench.peers", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short run each")
    options = parser.parse_args()
    runs, seconds = (1, 1.0) if options.quick else (5, 3.0)
    with ExitStack() as stack:
        candidates = [*_ours(stack), *_theirs(stack)]
        series = alternate(candidates, runs=runs, seconds=seconds)
    result = [one.as_json() for one in series]
    for one in result:
        print(
            f"{one['name']:<44}{one['perSecond']:>10} /s  p99 {one['p99ms']:>8} ms"
            f"  failed {one['failed']}"
        )
    RESULTS.mkdir(parents=True, exist_ok=True)
    today = f"{date.today():%Y-%m-%d}"  # noqa: DTZ011 - a file's name
    path = RESULTS / f"{today}-peers.json"
    path.write_text(json.dumps(result, indent=2), encoding="utf-8")
    print(f"\nwritten to {path}")
    return 0


def _ours(stack: ExitStack) -> list[Candidate]:
    environment = settings(_database("ours", "postgresql"), None)
    stack.enter_context(migrated(environment))
    numbered = list(enumerate(people(CONNECTIONS)))
    port = stack.enter_context(uvicorn("bench.apps:service", environment))

    def getting(path: str) -> list[Getting]:
        return [Getting(path, number, person) for number, person in numbered]

    return [
        Candidate("keywright /verify", port, lambda: getting(f"{AUTH}/verify"), 204),
        Candidate("keywright /profile", port, lambda: getting(f"{AUTH}/profile")),
        Candidate(
            "keywright refresh", port, lambda: [Refreshing(*one) for one in numbered]
        ),
        Candidate(
            "keywright sign-in", port, lambda: [SigningIn(*one) for one in numbered]
        ),
    ]


def _theirs(stack: ExitStack) -> list[Candidate]:
    express = _node(stack, "express", {})
    cached = {"PEER_COOKIE_CACHE": "1"}
    found = _members(EXPRESS, express)
    return [
        *_candidates("Express 5 + jose", express, found),
        Candidate(
            "Express 5 + jose refresh",
            express,
            lambda: [Rotating(str(one.answer["refresh"])) for one in found],
        ),
        *_peer("better-auth", BETTER_AUTH, _node(stack, "better_auth", {})),
        *_peer(
            "better-auth, cookie cache",
            BETTER_AUTH,
            _node(stack, "better_auth", cached),
        ),
        *_peer("fastapi-users", FASTAPI_USERS, _fastapi_users(stack)),
    ]


def _peer(name: str, peer: Peer, port: int) -> list[Candidate]:
    return _candidates(name, port, _members(peer, port))


def _members(peer: Peer, port: int) -> list[Member]:
    return [peer.join(port, number) for number in range(CONNECTIONS)]


def _candidates(name: str, port: int, members: list[Member]) -> list[Candidate]:
    return [
        Candidate(f"{name} me", port, lambda: [one.looking() for one in members]),
        Candidate(
            f"{name} sign-in", port, lambda: [one.signing_in() for one in members]
        ),
    ]


def _node(stack: ExitStack, name: str, given: Mapping[str, str]) -> int:
    program, folder = scratch.javascript()
    command = [str(program), str(folder / f"{name}.mjs")]
    url = _database(f"{name}{len(given)}", "postgresql")
    return _started(stack, command, url, {"NODE_ENV": "production", **given})


def _fastapi_users(stack: ExitStack) -> int:
    file = Path(__file__).with_name("fastapi_users_app.py")
    command = [
        *(str(scratch.python()), "-m", "uvicorn", "--factory", f"{file.stem}:app"),
        *("--app-dir", str(file.parent), "--port", "{port}"),
        *("--no-access-log", "--log-level", "warning"),
    ]
    return _started(stack, command, _database("fastapi_users", "postgresql+asyncpg"))


def _started(
    stack: ExitStack, command: list[str], url: str, given: Mapping[str, str] = NOTHING
) -> int:
    port = free_port()
    named = {"PEER_PORT": str(port), "PEER_DATABASE_URL": url, "PEER_SECRET": SECRET}
    words = [word.format(port=port) for word in command]
    stack.enter_context(running(words, {**named, **given}, port))
    return port


def _database(name: str, scheme: str) -> str:
    """Return a fresh database beside the one of the launcher."""
    parts = urlsplit(os.environ["TEST_POSTGRES_URL"])
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS peer_{name}")
        connection.execute(f"CREATE DATABASE peer_{name}")
    return urlunsplit(parts._replace(scheme=scheme, path=f"/peer_{name}"))


sys.exit(main())
