"""What people said about a customer who owes: each word is kept, and the last ones count."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.money import Money

RACCORD = "raccord"
"""The actor of words that nobody said: what Raccord found itself."""


class WordKind(StrEnum):
    """What a person may say. `RESUME` takes back a pause, collection, insolvency, a stop and a bounce."""

    PAUSE = "pause"
    """Nobody is reminded until a day, or until `RESUME` where it names none."""
    RESUME = "resume"
    DISPUTE = "dispute"
    """The customer contests one invoice; its others go on."""
    SETTLED = "settled"
    """The dispute about an invoice is over."""
    PROMISE = "promise"
    """The customer will pay by a day."""
    INSTALMENTS = "instalments"
    """The customer pays in parts, each by a day of its own."""
    COLLECTION = "collection"
    """Somebody else collects the money."""
    INSOLVENCY = "insolvency"
    """What is owed is declared to the trustee, and nobody may ask for it."""
    STOP = "stop"
    REMIND = "remind"
    """Remind at the next moment at which one may, before the day of the next level."""
    BOUNCED = "bounced"
    """A mail did not arrive at this address."""
    THANKED = "thanked"
    """Raccord's own: the customer was thanked for a promise that was kept."""
    SEEN_TO = "seen_to"
    """A person sees to one invoice, of which every level was sent, until the customer promises or pays in
    parts, or `RESUME`."""
    UNTHANKED = "unthanked"
    """Raccord's own: a promise is settled, and no thanks left: nobody may write, or nothing was paid."""
    APPROVED = "approved"
    """Of a customer that was late already when dunning began: it may be reminded."""
    LEFT_ALONE = "left_alone"
    """Of such a customer: nobody is asked about it again."""


class Instalment(Value):
    due_on: date
    amount: Money


class Word(Value):
    """One thing that a person said, at an aware instant. `actor` is opaque: `cli:anne`, `slack:U01`."""

    id: str
    """The same for the same word, however often it arrives."""
    kind: WordKind
    at: datetime
    actor: str
    reason: OneLine = ""
    invoice_id: str = ""
    """Of a dispute and its end, and of what a person sees to."""
    until: date | None = None
    """The last day of a pause, or the day by which is paid; business dates."""
    amount: Money | None = None
    """Of a promise: how much; None: all that is overdue."""
    instalments: tuple[Instalment, ...] = ()
    address: str = ""
    """Of a bounced mail."""
    owed: tuple[Money, ...] = ()
    """Of a promise and of instalments: all that was overdue and asked for by then, one sum a currency."""
    invoices: tuple[str, ...] = ()
    """Of a promise and of instalments: ids of what was asked for by then, else of all that was open."""

    @model_validator(mode="after")
    def _says_all(self) -> Self:
        wanting = {
            WordKind.DISPUTE: not self.invoice_id,
            WordKind.SETTLED: not self.invoice_id,
            WordKind.SEEN_TO: not self.invoice_id,
            WordKind.PROMISE: self.until is None,
            WordKind.INSTALMENTS: not self.instalments,
            WordKind.BOUNCED: not self.address,
        }
        if wanting.get(self.kind):
            raise ValueError(f"{self.kind} says too little")
        return self


def thanked(promise: Word, at: datetime) -> Word:
    """Return the word that notes that a kept promise was thanked for."""
    return Word(id=f"thanked/{promise.id}", kind=WordKind.THANKED, at=at, actor=RACCORD)


def unthanked(promise: Word, at: datetime) -> Word:
    """Return the word that notes that nobody is thanked for a promise that was kept."""
    return Word(id=f"thanked/{promise.id}", kind=WordKind.UNTHANKED, at=at, actor=RACCORD)


def bounced(address: str, at: datetime) -> Word:
    """Return the word that notes that a mail server refuses an address."""
    return Word(
        id=f"refused/{address}/{at.isoformat()}",
        kind=WordKind.BOUNCED,
        at=at,
        actor=RACCORD,
        address=address,
    )
