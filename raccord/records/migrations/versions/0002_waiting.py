"""What waits: questions at the desk, flows that a connection holds up; and how far sweeps have looked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_INSTANT = sa.String(32)


def upgrade() -> None:
    adopted = sa.Column("adopted", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("deal_links", adopted)
    _waiting()
    op.create_table(
        "waiting_watches",
        sa.Column("incident", sa.String(8), nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("incident", "key", name="pk_waiting_watches"),
    )
    op.create_index("ix_waiting_watches_key", "waiting_watches", ["key"])
    op.create_table(
        "followed",
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("flow", "key", name="pk_followed"),
    )
    op.create_index("ix_followed_key", "followed", ["key"])
    op.create_table(
        "stuck",
        sa.Column("held_by", sa.String, nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("held_by", "flow", name="pk_stuck"),
    )
    op.create_table(
        "watermarks",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watermarks"),
    )


def _waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("incident", sa.String(8), nullable=False),
        sa.Column("flow", sa.String, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("fingerprint", sa.String, nullable=False),
        sa.Column("step", sa.String, nullable=False),
        sa.Column("cause", sa.String, nullable=False),
        sa.Column("owner", sa.String),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", sa.String(3)),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("choice", sa.String),
        sa.Column("option", sa.String),
        sa.Column("actor", sa.String),
        sa.Column("answered_at", _INSTANT),
        sa.Column("remembered", sa.Boolean, nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.Column("message_channel", sa.String),
        sa.Column("message_id", sa.String),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("told_at", _INSTANT),
        sa.Column("task_id", sa.String, nullable=False),
        sa.Column("task_done", sa.Boolean, nullable=False),
        sa.Column("escalated_at", _INSTANT),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("incident", name="pk_waiting"),
    )
    op.create_index("ix_waiting_flow_fingerprint", "waiting", ["flow", "fingerprint"])
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_waiting_open",
        "waiting",
        ["flow"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
