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

_BY_LANGUAGE = "postgresql"
"""Compares text by the rules of its language: what it finds "above" a key would not be what we sort above it.

Its indexes break with the next release of the system's C library, too. So our columns say: by bytes.
"""


def storable(value: str) -> str:
    """Return a text as it is stored: PostgreSQL has no place for NUL, which a vendor's word may hold."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}")


class Text(TypeDecorator[str]):
    """A text that both databases keep alike, and compare by its bytes."""

    impl = String
    cache_ok = True

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> String:
        return String(self.length, collation="C" if dialect.name == _BY_LANGUAGE else None)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as ISO 8601 in UTC with microseconds.

    Text, because SQLite's own type drops the zone, and because the audit hashes what is stored.
    Its order as text is its order in time.
    """

    impl = String(32).with_variant(String(32, collation="C"), _BY_LANGUAGE)
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
_TEXT, _HASH, _DAY, _INCIDENT, _CURRENCY = Text(), Text(64), Text(10), Text(8), Text(3)

customer_links = Table(
    "customer_links",
    metadata,
    Column("identity", _TEXT, primary_key=True),
    Column("billing", _TEXT, primary_key=True),
    Column("customer_id", _TEXT, nullable=False),
    Column("crm_company", _TEXT, nullable=False),
    Column("linked_at", Instant, nullable=False),
)

deal_links = Table(
    "deal_links",
    metadata,
    Column("crm", _TEXT, primary_key=True),
    Column("deal", _TEXT, primary_key=True),
    Column("billing", _TEXT, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("customer_id", _TEXT),
    Column("invoice_id", _TEXT),
    Column("number", _TEXT),
    Column("deposit_id", _TEXT),
    Column("deposit_number", _TEXT),
    Column("delivered", Boolean, nullable=False),
    Column("adopted", Boolean, nullable=False),
    Column("settled", _TEXT),
    Column("merged_into", _TEXT),
    Column("updated_at", Instant, nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("owner", _TEXT, nullable=False),
    Column("claimed_at", Instant, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("company", _TEXT, primary_key=True),
    Column("topic", _TEXT, primary_key=True),
    Column("answer", _TEXT, nullable=False),
    Column("flow", _TEXT, nullable=False),
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
    Column("kind", _TEXT, nullable=False),
    Column("key", _TEXT, nullable=False),
    Column("effect", _TEXT, nullable=False),
    Column("object", _TEXT, nullable=False),
    Column("actor", _TEXT, nullable=False),
    Column("cause", _TEXT, nullable=False),
    Column("verdict", _TEXT, nullable=False),
    Column("request_hash", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("previous", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),
    Index(None, "key", "sequence"),
    Index(None, "object", "sequence"),
    Index("ix_audit_note", "key", unique=True, sqlite_where=_KEYED_NOTE, postgresql_where=_KEYED_NOTE),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("sequence", _Number, nullable=False),
    Column("hash", _HASH, nullable=False),
)

sent = Table(
    "sent",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("digest", _HASH, nullable=False),
    Column("source", _TEXT, nullable=False),
    Column("reason", _TEXT, nullable=False),
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
    Column("incident", _INCIDENT, primary_key=True),
    Column("flow", _TEXT, nullable=False),
    Column("subject_kind", _TEXT, nullable=False),
    Column("subject_connection", _TEXT, nullable=False),
    Column("subject_id", _TEXT, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("fingerprint", _TEXT, nullable=False),
    Column("step", _TEXT, nullable=False),
    Column("cause", _TEXT, nullable=False),
    Column("owner", _TEXT),
    Column("amount_minor", BigInteger),
    Column("currency", _CURRENCY),
    Column("since", Instant, nullable=False),
    Column("choice", _TEXT),
    Column("option", _TEXT),
    Column("actor", _TEXT),
    Column("answered_at", Instant),
    Column("remembered", Boolean, nullable=False),
    Column("closed_at", Instant),
    Column("message_channel", _TEXT),
    Column("message_id", _TEXT),
    Column("shown", _TEXT, nullable=False),
    Column("told_at", Instant),
    Column("task_id", _TEXT, nullable=False),
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
    Column("incident", _INCIDENT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Index(None, "key"),
)

followed = Table(
    "followed",
    metadata,
    Column("flow", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Index(None, "key"),
)

stuck = Table(
    "stuck",
    metadata,
    Column("held_by", _TEXT, primary_key=True),
    Column("flow", _TEXT, primary_key=True),
    Column("cause", _TEXT, nullable=False),
    Column("since", Instant, nullable=False),
    Column("met_at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("told_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "taken_at"),
    Index(None, "told_at"),
)

rungs = Table(
    "rungs",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

payment_states = Table(
    "payment_states",
    metadata,
    Column("billing", _TEXT, primary_key=True),
    Column("invoice_id", _TEXT, primary_key=True),
    Column("crm", _TEXT, nullable=False),
    Column("deal", _TEXT, nullable=False),
    Column("of_no_deal", Boolean, nullable=False),
    Column("shown_crm", _TEXT, nullable=False),
    Column("shown_deal", _TEXT, nullable=False),
    Column("standing", _TEXT, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index(None, "crm", "deal"),
)

news = Table(
    "news",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "told_at"),
)

dunning = Table(
    "dunning",
    metadata,
    Column("customer", _TEXT, primary_key=True),
    Column("entry", _TEXT, primary_key=True),
    Column("key", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "entry", "at"),
)

agreed = Table(
    "agreed",
    metadata,
    Column("billing", _TEXT, primary_key=True),
    Column("customer_id", _TEXT, primary_key=True),
    Column("crm_company", _TEXT, primary_key=True),
    Column("field", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "crm_company", "billing"),
)

ignored = Table(
    "ignored",
    metadata,
    Column("source", _TEXT, primary_key=True),
    Column("reason", _TEXT, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
)

proofs = Table(
    "proofs",
    metadata,
    Column("began_at", Instant, primary_key=True),
    Column("since", _DAY, nullable=False),
    Column("stage", _TEXT, nullable=False),
    Column("after", _TEXT, nullable=False),
    Column("ended_at", Instant),
    Column("sealed", LargeBinary),
)

compared = Table(
    "compared",
    metadata,
    Column("run", Instant, primary_key=True),
    Column("side", _TEXT, primary_key=True),
    Column("id", _TEXT, primary_key=True),
    Column("pair", _TEXT, nullable=False),
    Column("shown", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "run", "pair", "side"),
    Index(None, "run", "shown"),
)

reports = Table(
    "reports",
    metadata,
    Column("week", _DAY, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("stage", _TEXT, nullable=False),
    Column("after", _TEXT, nullable=False),
    Column("kept_at", Instant),
    Column("sealed", LargeBinary),
)

reported = Table(
    "reported",
    metadata,
    Column("week", _DAY, primary_key=True),
    Column("side", _TEXT, primary_key=True),
    Column("id", _TEXT, primary_key=True),
    Column("pair", _TEXT, nullable=False),
    Column("shown", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "week", "side", "pair"),
    Index(None, "week", "side", "shown"),
)

told_facts = Table(
    "told_facts",
    metadata,
    Column("key", _TEXT, primary_key=True),
    Column("told_by", _DAY, nullable=False),
    Column("day", _DAY, nullable=False),
    Column("invoice", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index(None, "day"),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("name", _TEXT, primary_key=True),
    Column("at", Instant, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("connection", _TEXT, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("connected_at", Instant, nullable=False),
    Column("renewed_at", Instant, nullable=False),
    Column("refused_at", Instant),
    Column("held_by", _TEXT, nullable=False),
    Column("held_until", Instant),
    Column("sealed", LargeBinary, nullable=False),
)
