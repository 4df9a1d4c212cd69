"""The first revision, of tables with the product's own column types."""

import sqlite3
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest
from alembic.command import downgrade, upgrade
from alembic.config import Config

from keywright.emit.revision import revision_text, tables_of

MODELS = """\
    from datetime import datetime

    from sqlalchemy import ForeignKey, Index, MetaData, Text
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from keywright.shared.tables import Digest, UtcDateTime


    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s"})
        type_annotation_map = {datetime: UtcDateTime(), bytes: Digest}


    class NoteRow(Base):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        user_id: Mapped[int] = mapped_column(ForeignKey("users.id", name="fk_notes"))


    class UserRow(Base):
        __tablename__ = "users"
        id: Mapped[int] = mapped_column(primary_key=True)
        at: Mapped[datetime] = mapped_column(index=True)
        digest: Mapped[bytes]
        __table_args__ = (Index("ix_users_digest", "digest", unique=True),)
    """
ENVIRONMENT = """\
    from alembic import context
    from sqlalchemy import create_engine

    with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as c:
        context.configure(connection=c)
        with context.begin_transaction():
            context.run_migrations()
    """


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> str:
    module = ModuleType("acme_models")
    exec(dedent(MODELS), module.__dict__)  # noqa: S102 - a text of this file
    monkeypatch.setitem(sys.modules, "acme_models", module)
    return "acme_models"


def test_what_others_refer_to_comes_first(models: str) -> None:
    assert [table.name for table in tables_of([models])] == ["users", "notes"]


@pytest.mark.parametrize("database", ["sqlite", "postgresql", "mysql"])
def test_own_types_are_rendered_as_what_they_are(models: str, database: str) -> None:
    text = revision_text(tables_of([models]), database=database)
    assert "keywright" not in text
    assert "UtcDateTime" not in text


def test_a_type_of_one_database_brings_its_import(models: str) -> None:
    text = revision_text(tables_of([models]), database="mysql")
    assert "from sqlalchemy.dialects import mysql" in text
    assert "mysql.DATETIME(fsp=6)" in text


def test_names_follow_the_convention_of_the_tables(models: str) -> None:
    text = revision_text(tables_of([models]), database="sqlite")
    assert "name=op.f('pk_users')" in text


def test_the_same_tables_give_the_same_text(models: str) -> None:
    texts = {revision_text(tables_of([models]), database="mysql") for _ in range(3)}
    assert len(texts) == 1


def test_the_revision_applies_and_is_undone(models: str, tmp_path: Path) -> None:
    text = revision_text(tables_of([models]), database="sqlite")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001_create.py").write_text(text)
    (tmp_path / "env.py").write_text(dedent(ENVIRONMENT))
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(tmp_path))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{tmp_path}/x.db")
    upgrade(config, "head")
    assert names(tmp_path / "x.db") >= {"users", "notes", "ix_users_digest"}
    downgrade(config, "base")
    assert "users" not in names(tmp_path / "x.db")


def names(database: Path) -> set[str]:
    connection = sqlite3.connect(database)
    found = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    return found
