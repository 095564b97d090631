"""Why nobody is reminded."""

from datetime import date
from enum import StrEnum

from raccord.domain.dunning.words import Word
from raccord.domain.values.base import Value


class Silence(StrEnum):
    """Why nobody is reminded; the catalogs name each as `dunning.silence.<value>`."""

    NOTHING_OPEN = "nothing_open"
    NOT_DUE = "not_due"
    """Not overdue, or not late enough for the next level."""
    SENDING_HOURS = "sending_hours"
    """A level is due: its mail leaves at the next sending moment."""
    GAP = "gap"
    PAUSED = "paused"
    PROMISED = "promised"
    INSTALMENTS = "instalments"
    DISPUTED = "disputed"
    PROCESSING = "processing"
    COLLECTION = "collection"
    INSOLVENCY = "insolvency"
    STOPPED = "stopped"
    EXCEPTED = "excepted"
    TOO_LITTLE = "too_little"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    BACKLOG = "backlog"
    """Late already when dunning began, and nobody approved a first contact yet."""
    LEFT_ALONE = "left_alone"
    """Late already when dunning began, and a person wants nobody reminded of it."""
    LAST_SENT = "last_sent"
    """Every level was sent: a person goes on."""
    UNKNOWN = "unknown"
    """Nobody knows whether the last mail left."""
    CUSTOMER_GONE = "customer_gone"


class Silent(Value):
    """Why one invoice, or the whole account where `invoice_id` is empty, is not in a mail now."""

    why: Silence
    invoice_id: str = ""
    until: date | None = None
    word: Word | None = None
    """What a person said, where that is why."""
    note: str = ""
    """What the settings say of an exception."""
