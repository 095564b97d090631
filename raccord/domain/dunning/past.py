"""What the rounds that were sent say about the next one."""

from collections.abc import Iterable
from datetime import date, datetime

from raccord.domain.dunning.ladder import NONE, NOTICE, harsher
from raccord.domain.dunning.memory import Fate, Memory, Reached, Round
from raccord.domain.dunning.words import RACCORD, Word, WordKind
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock


class Past(Value):
    """The rounds of a customer that count. `every` are those too that did not arrive."""

    every: tuple[Round, ...]
    rounds: tuple[Round, ...]

    @classmethod
    def of(cls, memory: Memory) -> "Past":
        lost = {_bounced(memory.rounds, word.address, word.at) for word in _bounces(memory)}
        rounds = tuple(each for each in memory.rounds if each.counts and each.key not in lost)
        return cls(every=memory.rounds, rounds=rounds)

    @property
    def unknown(self) -> bool:
        """Whether nobody knows of a round if it left."""
        return any(each.fate is Fate.UNKNOWN for each in self.rounds)

    @property
    def reminders(self) -> tuple[Round, ...]:
        """Those in which a customer was spoken to of money that was late."""
        return tuple(each for each in self.rounds if each.level > NOTICE and each.fate is not Fate.SKIPPED)

    def consumed(self, invoice: OwedInvoice) -> int:
        """Return the highest level that was sent, or skipped by a person, for an invoice."""
        return max((_level(each, invoice.id) for each in self.rounds), default=NONE)

    def reminded_of(self, invoices: Iterable[OwedInvoice]) -> bool:
        ids = {each.id for each in invoices}
        return any(reached.invoice_id in ids for each in self.reminders for reached in each.reached)

    def last_on(self, clock: BusinessClock) -> date | None:
        """Return the business date of the last round."""
        return clock.date_of(max(each.at for each in self.rounds)) if self.rounds else None

    def reminded_since(self, instant: datetime, besides: Iterable[str] = ()) -> bool:
        """Whether a round left since an aware instant that was about more than the invoices `besides`."""
        others = set(besides)
        return any(
            each.at >= instant and not {reached.invoice_id for reached in each.reached} <= others
            for each in self.rounds
        )

    def tone(self, invoices: Iterable[OwedInvoice], least: Tone) -> Tone:
        """Return how to speak of these invoices: never softer than they were spoken of before."""
        ids = {each.id for each in invoices}
        spoken = (
            each.tone for each in self.reminders if ids & {reached.invoice_id for reached in each.reached}
        )
        return harsher(least, *spoken)

    def again(self, reached: tuple[Reached, ...]) -> int:
        """Return how many rounds there were of just these levels."""
        return sum(set(each.reached) == set(reached) for each in self.every)


def _level(sent: Round, invoice_id: str) -> int:
    return max((each.level for each in sent.reached if each.invoice_id == invoice_id), default=NONE)


def _bounces(memory: Memory) -> tuple[Word, ...]:
    """Return the bounces that people told of. What a server refused never left: the mail before it stands."""
    return tuple(each for each in memory.words if each.kind is WordKind.BOUNCED and each.actor != RACCORD)


def _bounced(rounds: tuple[Round, ...], address: str, told_at: datetime) -> str:
    """Return the key of the round that a bounce is about: the last one to that address before it was told."""
    to = [each for each in rounds if each.at < told_at and address.casefold() in map(str.casefold, each.to)]
    return to[-1].key if to else ""
