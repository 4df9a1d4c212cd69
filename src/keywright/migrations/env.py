"""Run revisions; `runner` is what calls this, with a connection or without one."""

from alembic import context

from keywright.migrations.schema import METADATA, VERSION_TABLE

connection = context.config.attributes.get("connection")
if connection is None:
    context.configure(
        dialect_name=context.config.attributes["backend"],
        literal_binds=True,
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
    )
else:
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        version_table=VERSION_TABLE,
    )
with context.begin_transaction():
    context.run_migrations()
