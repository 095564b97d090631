"""The first tables. Frozen once released: later changes are later migrations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _text(length: int | None = None) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


_INSTANT = _text(32)
_HASH = _text(64)


def upgrade() -> None:
    _links()
    _audit()
    op.create_table(
        "claims",
        sa.Column("key", _text(), nullable=False),
        sa.Column("owner", _text(), nullable=False),
        sa.Column("claimed_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_claims"),
    )
    op.create_table(
        "answers",
        sa.Column("company", _text(), nullable=False),
        sa.Column("topic", _text(), nullable=False),
        sa.Column("answer", _text(), nullable=False),
        sa.Column("flow", _text(), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("company", "topic", name="pk_answers"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("digest", _HASH, nullable=False),
        sa.Column("source", _text(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("first_at", _INSTANT, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_digest", "quarantine", ["digest"], unique=True)
    _waiting()
    _flows()


def _links() -> None:
    op.create_table(
        "customer_links",
        sa.Column("identity", _text(), nullable=False),
        sa.Column("billing", _text(), nullable=False),
        sa.Column("customer_id", _text(), nullable=False),
        sa.Column("crm_company", _text(), nullable=False),
        sa.Column("linked_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("identity", "billing", name="pk_customer_links"),
    )
    op.create_table(
        "deal_links",
        sa.Column("crm", _text(), nullable=False),
        sa.Column("deal", _text(), nullable=False),
        sa.Column("billing", _text(), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("customer_id", _text()),
        sa.Column("invoice_id", _text()),
        sa.Column("number", _text()),
        sa.Column("deposit_id", _text()),
        sa.Column("deposit_number", _text()),
        sa.Column("delivered", sa.Boolean, nullable=False),
        sa.Column("adopted", sa.Boolean, nullable=False),
        sa.Column("settled", _text()),
        sa.Column("merged_into", _text()),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("crm", "deal", "billing", name="pk_deal_links"),
    )


def _audit() -> None:
    texts = ("kind", "key", "effect", "object", "actor", "cause", "verdict", "request_hash")
    op.create_table(
        "audit",
        sa.Column("sequence", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        *(sa.Column(name, _text(), nullable=False) for name in texts),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("previous", _HASH, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit"),
    )
    op.create_index("ix_audit_key_sequence", "audit", ["key", "sequence"])
    op.create_index("ix_audit_object_sequence", "audit", ["object", "sequence"])
    keyed = sa.text("kind = 'note' AND key <> ''")
    op.create_index(
        "ix_audit_note", "audit", ["key"], unique=True, sqlite_where=keyed, postgresql_where=keyed
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sequence", _NUMBER, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.bulk_insert(head, [{"id": 1, "sequence": 0, "hash": "0" * 64}])
    op.create_table(
        "sent",
        sa.Column("key", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sent"),
    )


def _waiting() -> None:
    op.create_table(
        "waiting",
        sa.Column("incident", _text(8), nullable=False),
        sa.Column("flow", _text(), nullable=False),
        sa.Column("subject_kind", _text(), nullable=False),
        sa.Column("subject_connection", _text(), nullable=False),
        sa.Column("subject_id", _text(), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("fingerprint", _text(), nullable=False),
        sa.Column("step", _text(), nullable=False),
        sa.Column("cause", _text(), nullable=False),
        sa.Column("owner", _text()),
        sa.Column("amount_minor", sa.BigInteger),
        sa.Column("currency", _text(3)),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("choice", _text()),
        sa.Column("option", _text()),
        sa.Column("actor", _text()),
        sa.Column("answered_at", _INSTANT),
        sa.Column("remembered", sa.Boolean, nullable=False),
        sa.Column("closed_at", _INSTANT),
        sa.Column("message_channel", _text()),
        sa.Column("message_id", _text()),
        sa.Column("shown", _text(), nullable=False),
        sa.Column("told_at", _INSTANT),
        sa.Column("task_id", _text(), nullable=False),
        sa.Column("task_done", sa.Boolean, nullable=False),
        sa.Column("escalated_at", _INSTANT),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("incident", name="pk_waiting"),
    )
    op.create_index("ix_waiting_flow_fingerprint", "waiting", ["flow", "fingerprint"])
    subject = ["subject_kind", "subject_connection", "subject_id"]
    op.create_index("ix_waiting_subject", "waiting", subject)
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "ix_waiting_open",
        "waiting",
        ["flow"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "waiting_watches",
        sa.Column("incident", _text(8), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.PrimaryKeyConstraint("incident", "key", name="pk_waiting_watches"),
    )
    op.create_index("ix_waiting_watches_key", "waiting_watches", ["key"])


def _flows() -> None:
    op.create_table(
        "followed",
        sa.Column("flow", _text(), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.PrimaryKeyConstraint("flow", "key", name="pk_followed"),
    )
    op.create_index("ix_followed_key", "followed", ["key"])
    op.create_table(
        "stuck",
        sa.Column("held_by", _text(), nullable=False),
        sa.Column("flow", _text(), nullable=False),
        sa.Column("cause", _text(), nullable=False),
        sa.Column("since", _INSTANT, nullable=False),
        sa.Column("met_at", _INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("held_by", "flow", name="pk_stuck"),
    )
    op.create_table(
        "findings",
        sa.Column("key", _text(), nullable=False),
        sa.Column("kind", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("taken_at", _INSTANT, nullable=True),
        sa.Column("told_at", _INSTANT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_findings"),
    )
    op.create_index("ix_findings_taken_at", "findings", ["taken_at"])
    op.create_index("ix_findings_told_at", "findings", ["told_at"])
    op.create_table(
        "rungs",
        sa.Column("key", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_rungs"),
    )
    op.create_table(
        "payment_states",
        sa.Column("billing", _text(), nullable=False),
        sa.Column("invoice_id", _text(), nullable=False),
        sa.Column("crm", _text(), nullable=False),
        sa.Column("deal", _text(), nullable=False),
        sa.Column("of_no_deal", sa.Boolean, nullable=False),
        sa.Column("shown_crm", _text(), nullable=False),
        sa.Column("shown_deal", _text(), nullable=False),
        sa.Column("standing", _text(), nullable=False),
        sa.Column("final", sa.Boolean, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("billing", "invoice_id", name="pk_payment_states"),
    )
    op.create_index("ix_payment_states_crm_deal", "payment_states", ["crm", "deal"])
    op.create_table(
        "news",
        sa.Column("key", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("told_at", _INSTANT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_news"),
    )
    op.create_index("ix_news_told_at", "news", ["told_at"])
    op.create_table(
        "dunning",
        sa.Column("customer", _text(), nullable=False),
        sa.Column("entry", _text(), nullable=False),
        sa.Column("key", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("customer", "entry", "key", name="pk_dunning"),
    )
    op.create_index("ix_dunning_entry_at", "dunning", ["entry", "at"])
    op.create_table(
        "agreed",
        sa.Column("billing", _text(), nullable=False),
        sa.Column("customer_id", _text(), nullable=False),
        sa.Column("crm_company", _text(), nullable=False),
        sa.Column("field", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("billing", "customer_id", "crm_company", "field", name="pk_agreed"),
    )
    op.create_index("ix_agreed_crm_company_billing", "agreed", ["crm_company", "billing"])
    op.create_table(
        "ignored",
        sa.Column("source", _text(), nullable=False),
        sa.Column("reason", _text(), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("source", "reason", name="pk_ignored"),
    )
    op.create_table(
        "proofs",
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("since", _text(10), nullable=False),
        sa.Column("stage", _text(), nullable=False),
        sa.Column("after", _text(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("began_at", name="pk_proofs"),
    )
    op.create_table(
        "compared",
        sa.Column("run", _INSTANT, nullable=False),
        sa.Column("side", _text(), nullable=False),
        sa.Column("id", _text(), nullable=False),
        sa.Column("pair", _text(), nullable=False),
        sa.Column("shown", _text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("run", "side", "id", name="pk_compared"),
    )
    op.create_index("ix_compared_run_pair_side", "compared", ["run", "pair", "side"])
    op.create_index("ix_compared_run_shown", "compared", ["run", "shown"])
    op.create_table(
        "reports",
        sa.Column("week", _text(10), nullable=False),
        sa.Column("began_at", _INSTANT, nullable=False),
        sa.Column("stage", _text(), nullable=False),
        sa.Column("after", _text(), nullable=False),
        sa.Column("kept_at", _INSTANT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("week", name="pk_reports"),
    )
    op.create_table(
        "reported",
        sa.Column("week", _text(10), nullable=False),
        sa.Column("side", _text(), nullable=False),
        sa.Column("id", _text(), nullable=False),
        sa.Column("pair", _text(), nullable=False),
        sa.Column("shown", _text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("week", "side", "id", name="pk_reported"),
    )
    op.create_index("ix_reported_week_side_pair", "reported", ["week", "side", "pair"])
    op.create_index("ix_reported_week_side_shown", "reported", ["week", "side", "shown"])
    op.create_table(
        "told_facts",
        sa.Column("key", _text(), nullable=False),
        sa.Column("told_by", _text(10), nullable=False),
        sa.Column("day", _text(10), nullable=False),
        sa.Column("invoice", _text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_told_facts"),
    )
    op.create_index("ix_told_facts_day", "told_facts", ["day"])
    op.create_table(
        "watermarks",
        sa.Column("name", _text(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_watermarks"),
    )
    op.create_table(
        "credentials",
        sa.Column("connection", _text(), nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("connected_at", _INSTANT, nullable=False),
        sa.Column("renewed_at", _INSTANT, nullable=False),
        sa.Column("refused_at", _INSTANT, nullable=True),
        sa.Column("held_by", _text(), nullable=False),
        sa.Column("held_until", _INSTANT, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("connection", name="pk_credentials"),
    )
