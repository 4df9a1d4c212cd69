"""The files of a new project that are not code: how it is run, built and shipped."""

from collections.abc import Mapping
from typing import Final

from keywright.emit.project import Project
from keywright.registry.choices import Choices
from keywright.registry.item import Item
from keywright.registry.plugins import RUNS_PARALLEL
from keywright.registry.suite import servers

_MAKEFILE: Final = """\
# Python is all that a machine needs: uv is fetched where it is missing.
UV := $(if $(shell command -v uv),uv,.tools/bin/uv)
.PHONY: install run test test-all check

install: $(filter .tools/%,$(UV))
	$(UV) sync --all-groups

.tools/bin/uv:
	python3 -m venv .tools
	echo '*' > .tools/.gitignore
	.tools/bin/pip install --quiet uv

run: install
{migrate}	$(UV) run {start} --reload --port {port}

{servers}test: install
	$(UV) run {tests} -m "not long" $(ARGS)

test-all: install
	$(UV) run {tests} $(ARGS)

check: install
	$(UV) tool run ruff check .
	$(UV) tool run ruff format --check .
"""

_DOCKERFILE: Final = """\
FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv
WORKDIR /app
COPY . .
RUN uv sync --no-dev --no-editable

FROM python:3.13-slim
RUN useradd --system --uid 10001 app
WORKDIR /app
COPY --from=build --chown=app /app /app
USER app
ENV AUTH_ENV=production PATH=/app/.venv/bin:$PATH
EXPOSE {port}
CMD ["sh", "-c", "{migrate}exec {start} --host 0.0.0.0 --port {port}"]
"""

_DEVELOPMENT: Final = """\
FROM python:3.13-slim
COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/venv
CMD uv sync --all-groups && {migrate}\\
    exec uv run {start} --reload --host 0.0.0.0 --port {port}
"""

_IGNORED: Final = ".git\n.tools\n.venv\n.env\n**/__pycache__\n*.db*\n"

_README: Final = """\
# {name}

Sign-in, sessions and tokens: {item}. Everything here is yours to change.

## Run it

    make run

installs what is needed{needs_store}, brings the {kept} up to date and serves
http://127.0.0.1:{port}; the operations are listed under /api/docs. The settings are in
`.env`, which git does not see; `.env.example` lists them all.

## Test it

    make test

leaves out what is marked long, `make test-all` nothing.
{testing}
## Change it

{where}
{migrating}
## Ship it

    docker build -t {name} .

`Dockerfile` runs as a user without rights, in production mode: give it AUTH_SECRET,
AUTH_DATABASE_URL and AUTH_PUBLIC_URL. `compose.yaml` starts what development needs.
"""

_WHERE: Final = {
    "mvc": "Routes are in `controllers/`, what they do in `services/`, decisions in\n"
    "`policies/`, tables and queries in `models/` and `repositories/`.",
    "feature": "Each folder under `features/` is one thing: its routes, service,\n"
    "policy, tables and store.",
}

_SERVICES: Final[Mapping[str, str]] = {
    "postgresql": """\
  database:
    image: postgres:16
    command: ["-c", "max_connections=300"]
    environment:
      POSTGRES_HOST_AUTH_METHOD: trust
      POSTGRES_DB: {package}
    ports: ["127.0.0.1:5432:5432"]
    volumes: ["database:/var/lib/postgresql/data"]
""",
    "mysql": """\
  database:
    image: mariadb:11
    command: ["--max-connections=300"]
    environment:
      MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "1"
      MARIADB_DATABASE: {package}
    ports: ["127.0.0.1:3306:3306"]
    volumes: ["database:/var/lib/mysql"]
""",
    "mongodb": """\
  database:
    image: mongo:8
    command: ["--replSet", "rs0", "--bind_ip_all"]
    ports: ["127.0.0.1:27017:27017"]
    volumes: ["database:/data/db"]
    healthcheck:
      test: >-
        mongosh --quiet --eval 'try {{ rs.status() }} catch {{ rs.initiate(
        {{_id: "rs0", members: [{{_id: 0, host: "127.0.0.1:27017"}}]}}) }}'
      interval: 5s
""",
    "redis": """\
  redis:
    image: valkey/valkey:8
    command: valkey-server --appendonly yes --maxmemory-policy noeviction
    ports: ["127.0.0.1:6379:6379"]
    volumes: ["redis:/data"]
""",
    "smtp": """\
  mail:
    image: axllent/mailpit
    ports: ["127.0.0.1:1025:1025", "127.0.0.1:8025:8025"]
""",
}
_APP: Final = """\
  app:
    build:
      context: .
      dockerfile: Dockerfile.dev
    env_file: .env
    network_mode: host
    volumes: [".:/app", "environment:/venv"]
"""
PORT: Final = 9000


def skeleton(project: Project, item: Item) -> Mapping[str, str]:
    """Return the files of a new project that runs *item*, by path."""
    choices = project.choices
    name = choices.package.partition(".")[0].replace("_", "-")
    start = item.start.format(package=choices.package)
    migrate = _migration(choices)
    values = {"start": start, "port": str(PORT)}
    chained = f"{migrate} && "
    return {
        "Makefile": _MAKEFILE.format(
            migrate=f"\t$(UV) run {migrate}\n",
            servers=_servers(choices),
            tests=RUNS_PARALLEL,
            **values,
        ),
        "Dockerfile": _DOCKERFILE.format(migrate=chained, **values),
        "Dockerfile.dev": _DEVELOPMENT.format(migrate=f"uv run {chained}", **values),
        ".dockerignore": _IGNORED,
        "compose.yaml": _compose(choices),
        "README.md": _readme(choices, name=name, item=item),
    }


def _testing(choices: Choices) -> str:
    """Return what the tests ask of a server that compose.yaml did not start."""
    if choices.database not in {"postgresql", "mysql"}:
        return ""
    return (
        "\nBoth run on up to four cores and keep some 50 connections open on each, as\n"
        "the database of `compose.yaml` admits. Elsewhere: `make test ARGS=-n1`.\n"
    )


def _migration(choices: Choices) -> str:
    if choices.database == "mongodb":
        return f"python -m {choices.package}.collections"
    return "alembic upgrade head"


def _servers(choices: Choices) -> str:
    """Return the lines that say which servers the tests use, unless somebody did."""
    lines = (line.replace("=", " ?= ", 1) for line in servers(choices))
    return "".join(f"test test-all: export {line}\n" for line in lines)


def _compose(choices: Choices) -> str:
    keys = [
        choice
        for choice in (choices.database, choices.cache, choices.mailer)
        if choice in _SERVICES
    ]
    package = choices.package.partition(".")[0]
    services = "".join(_SERVICES[key].format(package=package) for key in keys)
    kept = [*(["database"] if choices.database in keys else [])]
    kept += ["redis"] if choices.cache in keys else []
    volumes = "".join(f"  {volume}:\n" for volume in [*kept, "environment"])
    return f"services:\n{_APP}{services}volumes:\n{volumes}"


def _readme(choices: Choices, *, name: str, item: Item) -> str:
    is_sql = choices.database != "mongodb"
    migrating = (
        "After a change of tables: `uv run alembic revision --autogenerate -m WHAT`.\n"
        if is_sql
        else ""
    )
    has_servers = choices.database != "sqlite" or choices.cache != "none"
    return _README.format(
        name=name,
        item=item.summary[0].lower() + item.summary[1:],
        needs_store=" (start the stores with `docker compose up -d` first)"
        if has_servers
        else "",
        kept="tables" if is_sql else "collections",
        port=PORT,
        testing=_testing(choices),
        where=_WHERE[choices.layout],
        migrating=migrating,
    )
