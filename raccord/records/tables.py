"""The tables, as the newest migration leaves them."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    text,
)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as ISO 8601 in UTC with microseconds.

    Text, because SQLite's own type drops the zone, and because the audit hashes what is stored.
    Its order as text is its order in time.
    """

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else text_of(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else datetime.fromisoformat(value)


def text_of(instant: datetime) -> str:
    """Write an aware instant as it is stored. Raises `ValueError` on a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant has a time zone")
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


metadata = MetaData(
    naming_convention={"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}
)
# SQLite numbers rows by itself only in a column of type INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

customer_links = Table(
    "customer_links",
    metadata,
    Column("identity", String, primary_key=True),
    Column("billing", String, primary_key=True),
    Column("customer_id", String, nullable=False),
    Column("crm_company", String, nullable=False),
    Column("linked_at", Instant, nullable=False),
)

deal_links = Table(
    "deal_links",
    metadata,
    Column("crm", String, primary_key=True),
    Column("deal", String, primary_key=True),
    Column("billing", String, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("customer_id", String),
    Column("invoice_id", String),
    Column("number", String),
    Column("deposit_id", String),
    Column("deposit_number", String),
    Column("delivered", Boolean, nullable=False),
    Column("adopted", Boolean, nullable=False),
    Column("settled", String),
    Column("merged_into", String),
    Column("updated_at", Instant, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("key", String, primary_key=True),
    Column("owner", String, nullable=False),
    Column("claimed_at", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("company", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("answer", String, nullable=False),
    Column("flow", String, nullable=False),
    Column("answered_at", Instant, nullable=False),
)

_KEYED_NOTE = text("kind = 'note' AND key <> ''")

# Clear columns are never null: an empty text stands for "does not apply", so that every row is
# hashed the same way.
audit = Table(
    "audit",
    metadata,
    Column("sequence", _Number, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("effect", String, nullable=False),
    Column("object", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("request_hash", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "key", "sequence"),
    Index("ix_audit_note", "key", unique=True, sqlite_where=_KEYED_NOTE, postgresql_where=_KEYED_NOTE),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", _Number, nullable=False),
    Column("hash", String(64), nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("source", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "digest", unique=True),
)

_OPEN = text("closed_at IS NULL")

waiting = Table(
    "waiting",
    metadata,
    Column("incident", String(8), primary_key=True),
    Column("flow", String, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_connection", String, nullable=False),
    Column("subject_id", String, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("step", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("owner", String),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("since", Instant, nullable=False),
    Column("choice", String),
    Column("option", String),
    Column("actor", String),
    Column("answered_at", Instant),
    Column("remembered", Boolean, nullable=False),
    Column("closed_at", Instant),
    Column("message_channel", String),
    Column("message_id", String),
    Column("shown", String, nullable=False),
    Column("told_at", Instant),
    Column("task_id", String, nullable=False),
    Column("task_done", Boolean, nullable=False),
    Column("escalated_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "flow", "fingerprint"),
    Index("ix_waiting_subject", "subject_kind", "subject_connection", "subject_id"),
    Index("ix_waiting_open", "flow", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
)

waiting_watches = Table(
    "waiting_watches",
    metadata,
    Column("incident", String(8), primary_key=True),
    Column("key", String, primary_key=True),
    Index(None, "key"),
)

followed = Table(
    "followed",
    metadata,
    Column("flow", String, primary_key=True),
    Column("key", String, primary_key=True),
    Index(None, "key"),
)

stuck = Table(
    "stuck",
    metadata,
    Column("held_by", String, primary_key=True),
    Column("flow", String, primary_key=True),
    Column("cause", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("met_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("told_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "taken_at"),
    Index(None, "told_at"),
)

payment_states = Table(
    "payment_states",
    metadata,
    Column("billing", String, primary_key=True),
    Column("invoice_id", String, primary_key=True),
    Column("crm", String, nullable=False),
    Column("deal", String, nullable=False),
    Column("of_no_deal", Boolean, nullable=False),
    Column("shown_crm", String, nullable=False),
    Column("shown_deal", String, nullable=False),
    Column("standing", String, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index(None, "crm", "deal"),
)

news = Table(
    "news",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "told_at"),
)

dunning = Table(
    "dunning",
    metadata,
    Column("customer", String, primary_key=True),
    Column("entry", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "entry", "at"),
)

agreed = Table(
    "agreed",
    metadata,
    Column("billing", String, primary_key=True),
    Column("customer_id", String, primary_key=True),
    Column("crm_company", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "crm_company", "billing"),
)

ignored = Table(
    "ignored",
    metadata,
    Column("source", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

proofs = Table(
    "proofs",
    metadata,
    Column("began_at", Instant, primary_key=True),
    Column("since", String(10), nullable=False),
    Column("stage", String, nullable=False),
    Column("after", String, nullable=False),
    Column("ended_at", Instant),
    Column("sealed", LargeBinary),
)

compared = Table(
    "compared",
    metadata,
    Column("run", Instant, primary_key=True),
    Column("side", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("pair", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "run", "pair", "side"),
    Index(None, "run", "shown"),
)

reports = Table(
    "reports",
    metadata,
    Column("week", String(10), primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("stage", String, nullable=False),
    Column("after", String, nullable=False),
    Column("kept_at", Instant),
    Column("sealed", LargeBinary),
)

reported = Table(
    "reported",
    metadata,
    Column("week", String(10), primary_key=True),
    Column("side", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("pair", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "week", "side", "pair"),
    Index(None, "week", "side", "shown"),
)

told_facts = Table(
    "told_facts",
    metadata,
    Column("key", String, primary_key=True),
    Column("told_by", String(10), nullable=False),
    Column("day", String(10), nullable=False),
    Column("invoice", String, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "day"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", Instant, nullable=False),
)
