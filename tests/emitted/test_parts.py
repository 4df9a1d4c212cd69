"""Copies without the optional parts: whole, typed, tested, and serving."""

from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from tests.emit.builders import tree
from tests.emitted.cells import COMMAND, run, strict_rules
from tests.emitted.clean import clean_environment
from tests.emitted.running import started
from tests.servers import worker

pytestmark = pytest.mark.timeout(900)
SIGN_UP = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "a long enough passphrase",
    "confirmPassword": "a long enough passphrase",
}


def generated(folder: Path, *options: str) -> Path:
    """Return a new project in *folder* that owns a blueprint, added with *options*."""
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / "ruff.toml").write_text(strict_rules(), encoding="utf-8")
        command = ["blueprint", *options, "--yes", "--package=shop"]

        result = CliRunner().invoke(COMMAND, [*command, "--cwd", str(folder)])
        assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return hybrid-auth with nothing."""
    return generated(tmp_path_factory.mktemp(f"bare-{worker()}") / "p", "hybrid-auth")


@pytest.fixture(scope="module")
def social(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return stateless-auth with providers, but without pictures."""
    folder = tmp_path_factory.mktemp(f"social-{worker()}") / "p"
    options = ("--with=oauth", "--layout=mvc", "--database=mongodb")
    return generated(folder, "stateless-auth", *options)


@pytest.fixture(params=["bare", "social"])
def project(request: pytest.FixtureRequest) -> Path:
    """Return each of them."""
    found: Path = request.getfixturevalue(request.param)
    return found


def test_it_passes_the_linter_the_formatter_and_the_type_checker(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    run(project, "ruff", "check", ".")
    run(project, "ruff", "format", "--check", ".")
    cache = tmp_path_factory.getbasetemp() / "mypy"
    run(project, "mypy", "--strict", f"--cache-dir={cache}", ".")


def test_its_own_tests_pass_with_what_it_asks_for(bare: Path) -> None:
    found = run(bare, "pytest", "-q", environment=clean_environment(bare))
    assert " passed" in found


def test_without_parts_it_serves_sign_ups_and_no_route_of_a_part(bare: Path) -> None:
    url = f"sqlite:///{bare}/shop.db"
    environment = {**clean_environment(bare), "AUTH_DATABASE_URL": url}
    run(bare, "alembic", "upgrade", "head", environment=environment)
    command = "uvicorn shop.main:create_app --factory"
    with started(bare, command, environment) as address:
        answer = httpx2.post(f"{address}/api/v1/auth/signup", json=SIGN_UP)
        document = httpx2.get(f"{address}/api/openapi.json").json()
    assert answer.status_code == 202, answer.text
    change = document["paths"]["/api/v1/auth/profile"]["patch"]["requestBody"]
    assert list(change["content"]) == ["application/json"]
    named = [path for path in document["paths"] if "avatar" in path or "prov" in path]
    assert named == []


def test_its_code_speaks_of_no_provider(bare: Path) -> None:
    words = (b"oauth", b"openid")
    files = tree(bare / "shop").items()
    assert [path for path, text in files if any(w in text.lower() for w in words)] == []
