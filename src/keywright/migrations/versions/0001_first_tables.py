"""The first tables.

Types are spelled out: a revision describes tables as they were made.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision: str | None = None

MYSQL = ("mysql", "mariadb")
INSTANT = sa.DateTime(timezone=True).with_variant(mysql.DATETIME(fsp=6), *MYSQL)
DIGEST = sa.LargeBinary(32).with_variant(sa.BINARY(32), *MYSQL)
FLOW_ID = sa.LargeBinary(16).with_variant(sa.BINARY(16), *MYSQL)
SEALED = sa.Text().with_variant(mysql.MEDIUMBLOB(), *MYSQL)


def ascii_text(length: int) -> sa.String:
    """Return a type for text compared as bytes."""
    return sa.String(length).with_variant(sa.VARBINARY(length), *MYSQL)


def upgrade() -> None:
    """Create the tables, those first that others refer to."""
    create_users()
    create_sessions()
    create_refresh_tokens()
    create_ended_sessions()
    create_otps()
    create_identities()
    create_outbox()
    create_signing_keys()
    create_counters()
    create_audit_events()


def downgrade() -> None:
    """Drop the tables with all they hold."""
    for table in (
        "audit_events",
        "failures",
        "rate_limits",
        "signing_keys",
        "outbox",
        "oauth_transactions",
        "identities",
        "otps",
        "ended_sessions",
        "refresh_tokens",
        "sessions",
        "users",
    ):
        op.drop_table(table)


def create_users() -> None:
    """Create the table of users."""
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("first_name", sa.String(200), nullable=True),
        sa.Column("last_name", sa.String(200), nullable=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_digest", DIGEST, nullable=False),
        sa.Column("password_hash", ascii_text(512), nullable=True),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("is_email_verified", sa.Boolean(), nullable=False),
        sa.Column("status", ascii_text(16), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("epoch_raised_at", INSTANT, nullable=True),
        sa.Column("avatar_key", ascii_text(255), nullable=True),
        sa.Column("avatar_url", sa.String(1024), nullable=True),
        sa.Column("avatar_size", sa.Integer(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("last_login_at", INSTANT, nullable=True),
        sa.Column("purge_after", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email_digest", name="uq_users_email_digest"),
    )
    op.create_index("ix_users_epoch_raised_at", "users", ["epoch_raised_at"])
    op.create_index("ix_users_purge_after", "users", ["purge_after"])


def create_sessions() -> None:
    """Create the table of sessions."""
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", DIGEST, nullable=True),
        sa.Column("user_agent", sa.String(512), nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("amr", ascii_text(128), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("idle_expires_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_reason", ascii_text(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_sessions_user_id_users",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("digest", name="uq_sessions_digest"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def create_refresh_tokens() -> None:
    """Create the table of families, which share their ids with sessions."""
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("current_digest", DIGEST, nullable=False),
        sa.Column("previous_digest", DIGEST, nullable=True),
        sa.Column("rotated_at", INSTANT, nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("idle_expires_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("revoked_reason", ascii_text(32), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(
            ["id"],
            ["sessions.id"],
            name="fk_refresh_tokens_id_sessions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_refresh_tokens_user_id_users",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_refresh_tokens_user_id", "refresh_tokens", ["user_id"])
    op.create_index("ix_refresh_tokens_expires_at", "refresh_tokens", ["expires_at"])


def create_ended_sessions() -> None:
    """Create the table of ended sessions, which outlive the users they were of."""
    op.create_table(
        "ended_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ended_sessions"),
    )
    op.create_index("ix_ended_sessions_ended_at", "ended_sessions", ["ended_at"])


def create_otps() -> None:
    """Create the table of challenges."""
    op.create_table(
        "otps",
        sa.Column("id", FLOW_ID, nullable=False),
        sa.Column("purpose", ascii_text(32), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=True),
        sa.Column("open_lane", sa.Uuid(), nullable=True),
        sa.Column("proof", DIGEST, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("data", SEALED, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("resend_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_otps"),
        sa.UniqueConstraint("open_lane", "purpose", name="uq_otps_open_lane_purpose"),
    )
    op.create_index("ix_otps_subject", "otps", ["subject"])
    op.create_index("ix_otps_expires_at", "otps", ["expires_at"])


def create_identities() -> None:
    """Create the tables of identities, and of redirects to their providers."""
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", ascii_text(32), nullable=False),
        sa.Column("issuer", sa.String(512), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("access_token", SEALED, nullable=True),
        sa.Column("refresh_token", SEALED, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name="fk_identities_user_id_users",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint("key", name="uq_identities_key"),
        sa.UniqueConstraint(
            "user_id", "provider", name="uq_identities_user_id_provider"
        ),
    )
    op.create_table(
        "oauth_transactions",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("provider", ascii_text(32), nullable=False),
        sa.Column("browser", DIGEST, nullable=False),
        sa.Column("data", SEALED, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_oauth_transactions"),
    )
    op.create_index(
        "ix_oauth_transactions_expires_at", "oauth_transactions", ["expires_at"]
    )


def create_outbox() -> None:
    """Create the table of letters."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", ascii_text(64), nullable=False),
        sa.Column("sealed", SEALED, nullable=False),
        sa.Column("status", ascii_text(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(255), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_status_created_at", "outbox", ["status", "created_at"])
    op.create_index("ix_outbox_expires_at", "outbox", ["expires_at"])


def create_signing_keys() -> None:
    """Create the table of signing keys."""
    op.create_table(
        "signing_keys",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kid", ascii_text(64), nullable=False),
        sa.Column("algorithm", ascii_text(16), nullable=False),
        sa.Column("private", SEALED, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("active_at", INSTANT, nullable=False),
        sa.Column("gone_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_signing_keys"),
        sa.UniqueConstraint("kid", name="uq_signing_keys_kid"),
    )


def create_counters() -> None:
    """Create the tables of limited keys and of failures."""
    op.create_table(
        "rate_limits",
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("name", ascii_text(64), nullable=False),
        sa.Column("free_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "name", name="pk_rate_limits"),
    )
    op.create_table(
        "failures",
        sa.Column("key", DIGEST, nullable=False),
        sa.Column("recent", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("previous_at", INSTANT, nullable=True),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_failures"),
    )


def create_audit_events() -> None:
    """Create the table of audit entries, which outlive the users they name."""
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("event", ascii_text(64), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("session", ascii_text(8), nullable=True),
        sa.Column("address", sa.String(45), nullable=True),
        sa.Column("request_id", sa.String(128), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
    )
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    op.create_index("ix_audit_events_user_id_at", "audit_events", ["user_id", "at"])
