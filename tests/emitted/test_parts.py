"""Copies with some of the optional parts: whole, typed, tested, and serving."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import httpx2
import pytest
from typer.testing import CliRunner

from tests.emit.builders import tree
from tests.emitted.cells import HOW_MUCH, INIT, REPOSITORY, run, strict_rules
from tests.emitted.clean import clean_environment
from tests.emitted.running import emptied, started
from tests.servers import worker

pytestmark = pytest.mark.timeout(900)
SIGN_UP = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "a long enough passphrase",
    "confirmPassword": "a long enough passphrase",
}
PATHS = {
    "oauth": {
        "/api/auth/providers",
        "/api/auth/{provider}",
        "/api/auth/{provider}/callback",
        "/api/auth/{provider}/id-token",
        "/api/auth/{provider}/link",
    },
    "avatars": {"/api/v1/auth/avatars/{name}", "/api/v1/auth/profile/avatar"},
}
PROVIDERS, AVATAR = "/api/auth/providers", "/api/v1/auth/profile/avatar"
ABSENT = 404


@dataclass(frozen=True, slots=True)
class Kit:
    """A blueprint with one part, or none."""

    part: str
    blueprint: str
    layout: str
    database: str

    @property
    def name(self) -> str:
        """Return a name for folders and databases."""
        return f"{self.part or 'bare'}_{self.layout}_{self.database}"

    @property
    def migrates(self) -> str:
        """Return the command that makes its tables or collections."""
        is_sql = self.database != "mongodb"
        return "alembic upgrade head" if is_sql else "python -m shop.collections"


BARE = Kit("", "hybrid-auth", "feature", "sqlite")
OAUTH = Kit("oauth", "stateless-auth", "mvc", "mongodb")
AVATARS = Kit("avatars", "stateful-auth", "feature", "sqlite")
USUAL = [BARE, OAUTH, AVATARS]
OTHERS = [
    Kit("", "stateless-auth", "mvc", "postgresql"),
    Kit("oauth", "hybrid-auth", "feature", "sqlite"),
    Kit("avatars", "hybrid-auth", "mvc", "mysql"),
]
IS_WHOLE = os.environ.get("MATRIX") == "all"
KITS = [*USUAL, *OTHERS] if IS_WHOLE else USUAL
TESTED = KITS if IS_WHOLE else [AVATARS]
"""Whose own tests are run: they are most of the time, and this has the fewest."""


@pytest.fixture(params=KITS, ids=lambda kit: kit.name)
def kit(request: pytest.FixtureRequest) -> Kit:
    """Return each of them."""
    found: Kit = request.param
    return found


@pytest.fixture
def project(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project of *kit*, made once by this process."""
    folder = tmp_path_factory.getbasetemp() / f"{kit.name}-{worker()}"
    if not folder.exists():
        folder.mkdir()
        (folder / "ruff.toml").write_text(strict_rules(), encoding="utf-8")
        command = [f"--blueprint={kit.blueprint}", "--yes", "--package=shop"]
        choices = [f"--layout={kit.layout}", f"--database={kit.database}"]
        where = [f"--with={kit.part}", "--cwd", str(folder)]
        result = CliRunner().invoke(INIT, [*command, *choices, *where])
        assert result.exit_code == 0, result.output
    return folder


def on_two_processes() -> list[str]:
    """Return options by which tests of a copy run on two processes.

    Their names, so their databases, are those of no process of this run.
    """
    number = int(worker().removeprefix("gw")) if worker() != "main" else 0
    names = (f"popen//id=gw{16 + 2 * number + one}" for one in range(2))
    return ["--dist=worksteal", *(f"--tx={name}" for name in names)]


def test_it_passes_the_linter_the_formatter_and_the_type_checker(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(project, "ruff", "check", ".")
    run(project, "ruff", "format", "--check", ".")
    cache = tmp_path_factory.getbasetemp() / "mypy"
    run(project, "mypy", "--strict", f"--cache-dir={cache}", ".")


@pytest.mark.parametrize("kit", TESTED, ids=lambda kit: kit.name, indirect=True)
def test_its_own_tests_pass_on_two_processes_with_what_it_asks_for(
    project: Path,
) -> None:
    command = ("pytest", "-q", *HOW_MUCH, *on_two_processes())
    found = run(project, *command, environment=clean_environment(project))
    assert " passed" in found
    assert "warning" not in found, found


def test_it_serves_the_routes_of_its_part_and_no_route_of_another(
    kit: Kit, project: Path
) -> None:
    absent = PATHS.keys() - {kit.part}
    known = REPOSITORY / "docs" / "openapi" / f"{kit.blueprint}.json"
    whole = set(json.loads(known.read_text("utf-8"))["paths"])
    short = f"{crc32(kit.name.encode()):x}"
    with emptied(kit.database, short, project) as url:
        environment = {**clean_environment(project), "AUTH_DATABASE_URL": url}
        run(project, *kit.migrates.split(), environment=environment)
        command = "uvicorn shop.main:create_app --factory"
        with (
            started(project, command, environment) as address,
            httpx2.Client(base_url=address) as client,
        ):
            answer = client.post("/api/v1/auth/signup", json=SIGN_UP)
            document = client.get("/api/openapi.json").json()
            providers = client.get(PROVIDERS)
            avatar = client.delete(AVATAR)
    assert answer.status_code == 202, answer.text
    assert set(document["paths"]) == whole.difference(*(PATHS[one] for one in absent))
    assert (providers.status_code == ABSENT) is ("oauth" in absent)
    assert (avatar.status_code == ABSENT) is ("avatars" in absent)
    change = document["paths"]["/api/v1/auth/profile"]["patch"]["requestBody"]
    assert ("multipart/form-data" in change["content"]) is ("avatars" not in absent)


@pytest.mark.parametrize("kit", [BARE], ids=lambda kit: kit.name, indirect=True)
def test_without_parts_its_code_speaks_of_no_provider(project: Path) -> None:
    words = (b"oauth", b"openid")
    files = tree(project / "shop").items()
    assert [path for path, text in files if any(w in text.lower() for w in words)] == []


def test_every_part_meets_both_layouts_in_the_whole_matrix() -> None:
    every = {(kit.part, kit.layout) for kit in (*USUAL, *OTHERS)}
    assert every == {(p, one) for p in ("", *PATHS) for one in ("feature", "mvc")}
