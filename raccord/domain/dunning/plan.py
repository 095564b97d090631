"""What is due now for one customer, and if nothing is, why not and until when."""

from dataclasses import replace
from datetime import date, datetime

from raccord.domain.dunning.calendar import sending_from
from raccord.domain.dunning.candidate import candidate_of
from raccord.domain.dunning.memory import Memory, Reached, round_key
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.reasons import held_up, of_invoices, silenced
from raccord.domain.dunning.silence import Silence, Silent
from raccord.domain.dunning.situation import Situation
from raccord.domain.dunning.words import Word
from raccord.domain.payment.status import sums
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.base import Value
from raccord.domain.values.clock import DAY
from raccord.domain.values.money import Money

__all__ = ["Due", "Plan", "Silence", "Silent", "planned"]


class Due(Value):
    """The mail that is due now: about all that is overdue, may be spoken of and was not told its last level.

    A last reminder is about those alone that came to it.
    """

    level: int
    tone: Tone
    invoices: tuple[OwedInvoice, ...]
    reached: tuple[Reached, ...]
    first: bool
    """Whether the customer was reminded of nothing of what it owes now."""
    key: str


class Plan(Value):
    """What is to be done for a customer at one moment."""

    due: Due | None = None
    next_at: datetime | None = None
    """When to look again without anything having changed, aware; None: only a change brings something new."""
    next_level: int | None = None
    """Of the round that is due at `next_at`, if nothing changes; None where it is looked at only."""
    silent: tuple[Silent, ...] = ()
    kept: tuple[Word, ...] = ()
    """Promises that were kept and nobody thanked for yet."""
    broken: tuple[Word, ...] = ()
    """Promises whose day passed without the money."""
    overdue: tuple[OwedInvoice, ...] = ()
    owed: tuple[Money, ...] = ()
    """All that is overdue, one sum a currency."""
    claimed: tuple[OwedInvoice, ...] = ()
    """What is overdue and asked for: nothing that is contested, or of which a payment is under way."""
    undecided: tuple[OwedInvoice, ...] = ()
    """What a person has to decide about: its last level was sent, and nothing silences the customer."""

    @property
    def why(self) -> Silent | None:
        """Why the whole account is silent; None where a mail is due or every reason is an invoice's own."""
        return next((each for each in self.silent if not each.invoice_id), None)

    def is_silent_for(self, why: Silence) -> bool:
        """Whether this is why the whole account is silent."""
        return self.why is not None and self.why.why is why

    @property
    def asked_for(self) -> tuple[Money, ...]:
        """All that is claimed, one sum a currency."""
        return sums(each.due for each in self.claimed)


def planned(
    account: Account, memory: Memory, policy: DunningPolicy, now: datetime, *, live_since: date | None
) -> Plan:
    """Say what is due for a customer at an aware instant, and if nothing is, why not and when to look again.

    `live_since`: business date on which reminders began to leave; None where they never did. Words and rounds
    stand in the order of their instants.
    """
    at = Situation(account=account, memory=memory, policy=policy, now=now)
    hushed = silenced(at, live_since)
    whole = hushed or held_up(at)
    due = None if whole else _due(at)
    next_at = now if due else _next_at(at, whole)
    return Plan(
        due=due,
        next_at=next_at,
        next_level=_level_at(at, next_at, live_since),
        silent=(*((whole,) if whole else ()), *of_invoices(at)),
        kept=(at.promise.word,) if at.promise and at.kept else (),
        broken=(at.promise.word,) if at.promise and at.broken else (),
        overdue=at.overdue,
        owed=at.owed,
        claimed=at.late,
        undecided=() if hushed else at.undecided,
    )


def _due(at: Situation) -> Due | None:
    found, customer = candidate_of(at), f"{at.policy.billing}:{at.account.customer_id}"
    if found is None:
        return None
    key = round_key(customer, found.reached, at.past.again(found.reached))
    return Due(**dict(found), first=at.first, key=key)


def _next_at(at: Situation, whole: Silent | None) -> datetime | None:
    match whole.why if whole else None:
        case Silence.PAUSED | Silence.PROMISED | Silence.INSTALMENTS:
            return sending_from(at.policy, whole.until + DAY) if whole and whole.until else None
        case Silence.TOO_LITTLE:
            days = [each.due_on + DAY for each in at.spoken if each.due_on >= at.today]
            return sending_from(at.policy, min(days)) if days else None
        case (
            None
            | Silence.NOT_DUE
            | Silence.LAST_SENT
            | Silence.GAP
            | Silence.SENDING_HOURS
            | Silence.LEFT_ALONE
        ):
            return at.levels_at()
        case _:
            return None


def _level_at(at: Situation, moment: datetime | None, live_since: date | None) -> int | None:
    then = replace(at, now=moment or at.now)
    found = candidate_of(then) if moment else None
    if found is None or silenced(then, live_since) or held_up(then):
        return None
    return found.level
