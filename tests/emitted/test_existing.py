"""A small FastAPI project that is there already gets the code beside its own."""

from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from tests.emit.builders import tree, write
from tests.emitted.cells import COMMAND, INIT, run
from tests.emitted.clean import clean_environment
from tests.emitted.running import started

pytestmark = pytest.mark.timeout(900)
OWN = {
    "pyproject.toml": """\
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"

        [project]
        name = "shop"  # the name
        version = "0.1.0"
        dependencies = ["fastapi", "sqlalchemy", "aiosqlite"]
        """,
    "shop/__init__.py": "",
    "shop/db.py": """\
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


        class Base(DeclarativeBase): ...


        class Order(Base):
            __tablename__ = "orders"

            id: Mapped[int] = mapped_column(primary_key=True)
        """,
    "shop/main.py": """\
        from fastapi import FastAPI

        from shop.auth.main import create_router
        from shop.db import Base

        app = FastAPI()
        app.include_router(create_router())


        @app.get("/readyz")
        def tables() -> list[str]:
            return sorted(Base.metadata.tables)
        """,
}
SIGN_UP = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "password": "a long enough passphrase",
    "confirmPassword": "a long enough passphrase",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the project after `init` and `add`, as its owner says them."""
    write(tmp_path, OWN)
    known = CliRunner().invoke(INIT, ["--yes", "--cwd", str(tmp_path)])
    assert known.exit_code == 0, known.output
    command = ["blueprint", "hybrid-auth", "--yes", "--cwd", str(tmp_path)]
    added = CliRunner().invoke(COMMAND, command)
    assert added.exit_code == 0, added.output
    return tmp_path


def test_it_serves_both_and_their_tables_are_one_set(project: Path) -> None:
    kept = {path: tree(project)[path] for path in ("shop/db.py", "shop/main.py")}
    url = f"sqlite:///{project}/shop.db"
    environment = {**clean_environment(project), "AUTH_DATABASE_URL": url}
    run(project, "alembic", "upgrade", "head", environment=environment)
    with started(project, "uvicorn shop.main:app", environment) as address:
        tables = httpx2.get(f"{address}/readyz").json()
        answer = httpx2.post(f"{address}/api/v1/auth/signup", json=SIGN_UP)
    assert {"orders", "users", "sessions"} <= set(tables)
    assert answer.status_code == 202, answer.text
    assert {path: tree(project)[path] for path in kept} == kept
    assert "# the name" in (project / "pyproject.toml").read_text()
