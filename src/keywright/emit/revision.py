"""The first Alembic revision of the copied tables, rendered by Alembic itself.

Column types of our own are rendered as what they are on the chosen database: a
revision describes tables as they were made, so it must not change with the code.
"""

import ast
import re
from collections.abc import Iterable, Sequence
from importlib import import_module
from textwrap import dedent, indent
from typing import Final, TypeVar

from alembic.autogenerate import render_python_code
from alembic.operations.ops import (
    CreateIndexOp,
    CreateTableOp,
    DowngradeOps,
    MigrateOperation,
    UpgradeOps,
)
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import TypeDecorator, TypeEngine

T = TypeVar("T")
REVISION: Final = "0001"
_REMARK: Final = re.compile(r"^\s*# ###.*\n?", re.MULTILINE)

_TEXT: Final = '''"""Create the tables of the sign-in."""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    {upgrade}


def downgrade() -> None:
    """Drop the tables with all they hold."""
    {downgrade}
'''


def tables_of(models: Iterable[str]) -> Sequence[Table]:
    """Return the tables that the modules *models* define, what they refer to first."""
    found: list[Table] = []
    for name in models:
        for value in vars(import_module(name)).values():
            table = getattr(value, "__table__", value)
            if isinstance(table, Table) and table not in found:
                found.append(table)
    ordered = found[0].metadata.sorted_tables if found else []
    return [table for table in ordered if table in found]


def revision_text(tables: Sequence[Table], *, database: str) -> str:
    """Return the revision that creates *tables* on *database*.

    Indexes go with their tables: MySQL drops none by itself that a foreign key needs.
    """
    context = MigrationContext.configure(dialect_name=database)
    steps: list[MigrateOperation] = []
    for table in _plain(tables, database):
        steps.append(CreateTableOp.from_table(table))
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        steps += [CreateIndexOp.from_index(index) for index in indexes]
    upgrade = UpgradeOps(steps)
    made = UpgradeOps([step for step in steps if isinstance(step, CreateTableOp)])
    imports: set[str] = set()
    return _TEXT.format(
        revision=REVISION,
        upgrade=_rendered(upgrade, context, imports),
        downgrade=_rendered(made.reverse(), context, imports),
        imports="".join(f"{line}\n" for line in sorted(imports)),
    )


def _rendered(
    steps: UpgradeOps | DowngradeOps, context: MigrationContext, imports: set[str]
) -> str:
    text = render_python_code(steps, migration_context=context)
    body = ast.parse(f"def step():\n{indent(dedent(_REMARK.sub('', text)), '    ')}")
    chosen = _OneDatabase(context.dialect.name).visit(body)
    lines = ast.unparse(chosen).splitlines()[1:]
    if any(f"{context.dialect.name}." in line for line in lines):
        imports.add(f"from sqlalchemy.dialects import {context.dialect.name}")
    return "\n".join(lines).strip()


class _OneDatabase(ast.NodeTransformer):
    """Replaces types with variants by the one that the database has."""

    def __init__(self, database: str) -> None:
        self._database = database

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(
                func=ast.Attribute(value=usual, attr="with_variant"),
                args=[variant, ast.Constant(value=database)],
            ):
                return variant if database == self._database else usual
            case _:
                return node


class _Plain(DefaultDialect):
    """Names a database, but adapts no type to its driver."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def type_descriptor(self, typeobj: TypeEngine[T]) -> TypeEngine[T]:
        return typeobj


def _plain(tables: Sequence[Table], database: str) -> Sequence[Table]:
    """Return copies of *tables* whose types SQLAlchemy itself knows."""
    dialect = _Plain(database)
    metadata = MetaData(naming_convention=tables[0].metadata.naming_convention)
    copies = [table.to_metadata(metadata) for table in tables]
    for table in copies:
        for column in table.columns:
            while isinstance(column.type, TypeDecorator):
                column.type = column.type.load_dialect_impl(dialect)
    return copies
