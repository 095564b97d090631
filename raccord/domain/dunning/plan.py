"""What is due now for one customer, and if nothing is, why not and until when."""

from datetime import date, datetime
from enum import StrEnum

from raccord.domain.dunning.memory import Reached
from raccord.domain.dunning.words import Word
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.money import Money


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


class Due(Value):
    """The mail that is due now: about every overdue invoice that may be spoken of."""

    level: int
    tone: Tone
    invoices: tuple[OwedInvoice, ...]
    reached: tuple[Reached, ...]
    first: bool
    """Whether this customer was never reminded before."""
    key: str


class Plan(Value):
    """What is to be done for a customer at one moment."""

    due: Due | None = None
    next_at: datetime | None = None
    """When to look again without anything having changed, aware; None: only a change brings something new."""
    next_level: int | None = None
    silent: tuple[Silent, ...] = ()
    kept: tuple[Word, ...] = ()
    """Promises that were kept and nobody thanked for yet."""
    broken: tuple[Word, ...] = ()
    """Promises whose day passed without the money."""
    overdue: tuple[OwedInvoice, ...] = ()
    owed: tuple[Money, ...] = ()
    """All that is overdue, one sum a currency."""

    @property
    def why(self) -> Silent | None:
        """Why the whole account is silent; None where a mail is due or every reason is an invoice's own."""
        return next((each for each in self.silent if not each.invoice_id), None)
