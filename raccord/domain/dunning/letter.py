"""What a mail to a customer who owes says: typed, and without a word of prose.

`raccord.texts.reminders` words it. Amounts are gross, in major units of their currency.
"""

from collections.abc import Iterable
from datetime import date, datetime

from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.interest import Charges, charges_of
from raccord.domain.dunning.ladder import harsher
from raccord.domain.dunning.memory import Fate, Memory, Reached
from raccord.domain.dunning.past import Past
from raccord.domain.dunning.plan import Due
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.words import Word
from raccord.domain.payment.status import sums
from raccord.domain.rules.dunning import Interest, Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.clock import DAY
from raccord.domain.values.identifiers import parse_siren, public_body
from raccord.domain.values.money import Money

_DEMANDS = (Tone.FIRM, Tone.LAST)
"""The tones that name a day by which to pay."""
_SATURDAY = 5
_NO_INTEREST = Interest()


class Line(Value):
    """One invoice of a letter."""

    invoice_id: str
    number: str
    issued_on: date
    due_on: date
    days_late: int
    """Whole days since the due date; 0 or less: it is not due yet."""
    left: Money
    """What is left to pay of it."""
    total: Money
    url: str = ""
    """The page on which it is paid; empty where there is none."""
    reminded_on: tuple[date, ...] = ()
    """When reminders of it really left, the oldest first; a notice before the due date is none."""

    charges: Charges | None = None
    """What the law adds, where the company asks for it in this tone; never a part of what is left."""

    @property
    def partly_paid(self) -> bool:
        return self.left != self.total


class Letter(Value):
    """A reminder of all that a customer owes."""

    tone: Tone
    template: str = ""
    """The name of its words; empty for those of the tone."""
    language: str
    """The customer's: `fr`, `en` or another code."""
    customer: OneLine
    company: OneLine
    lines: tuple[Line, ...]
    owed: tuple[Money, ...]
    """What is left of all lines, one sum a currency."""
    pay_by: date | None = None
    """The day by which a firm or a last reminder asks for the money."""
    public: bool = False
    """Whether the customer is a French public body."""
    business: bool = False
    """Whether it surely is a business; to whom nobody knows for sure, one writes as to a private person."""

    @property
    def reminded_on(self) -> tuple[date, ...]:
        """When reminders of any of these invoices left."""
        return tuple(sorted({day for line in self.lines for day in line.reminded_on}))

    @property
    def all_reminded(self) -> bool:
        """Whether there was a reminder of each of these invoices before."""
        return all(line.reminded_on for line in self.lines)

    @property
    def charges(self) -> tuple[Charges, ...]:
        """What the law adds, invoice by invoice; empty where the letter does not speak of it."""
        return tuple(line.charges for line in self.lines if line.charges)

    @property
    def charged(self) -> tuple[Money, ...]:
        """What the law adds in all, one sum a currency."""
        return sums(each for one in self.charges for each in (one.interest, one.indemnity) if each)


class Thanks(Value):
    """A word of thanks for a promise that was kept."""

    language: str
    customer: OneLine
    company: OneLine
    amounts: tuple[Money, ...] = ()
    """What was promised and paid, one sum a currency; empty: all that was overdue."""
    by: date | None = None
    """The day by which it was promised."""


def letter_of(due: Due, account: Account, memory: Memory, policy: DunningPolicy, now: datetime) -> Letter:
    """Write the reminder that is due at an aware instant; the same for the same values."""
    level = ladder_of(account, policy.rules).step(due.level).level
    template = level.template if level.tone is due.tone else ""
    found = letter_about(due.invoices, account, memory, policy, now, tone=due.tone)
    return found.model_copy(update={"template": template})


def letter_about(
    invoices: tuple[OwedInvoice, ...],
    account: Account,
    memory: Memory,
    policy: DunningPolicy,
    now: datetime,
    *,
    tone: Tone,
) -> Letter:
    """Write a letter about invoices, one at least, in a tone."""
    today, past = policy.clock.date_of(now), Past.of(memory)
    # What a public body owes for being late follows from another law.
    public = public_body(parse_siren(account.siren))
    interest = policy.rules.interest if _of_the_law(tone, policy) and not public else _NO_INTEREST
    lines = tuple(
        _line(invoice, past, policy, today, charges_of(invoice, account, interest, today))
        for invoice in invoices
    )
    return Letter(
        tone=tone,
        language=language_of(account, policy),
        customer=account.name,
        company=policy.company,
        lines=lines,
        owed=sums(line.left for line in lines),
        pay_by=_pay_by(today, policy) if tone in _DEMANDS else None,
        public=public,
        business=account.business is True,
    )


def thanks_for(kept: Word, account: Account, policy: DunningPolicy) -> Thanks:
    """Write the thanks for a promise, or for instalments, that were kept."""
    promised = (kept.amount,) if kept.amount else tuple(part.amount for part in kept.instalments)
    return Thanks(
        language=language_of(account, policy),
        customer=account.name,
        company=policy.company,
        amounts=sums(promised),
        by=kept.until,
    )


def language_of(account: Account, policy: DunningPolicy) -> str:
    """Return the language of a customer without its region: `fr` of `fr-CA`."""
    known = account.language.replace("_", "-").partition("-")[0].strip().lower()
    return known or policy.customers_language


def _of_the_law(tone: Tone, policy: DunningPolicy) -> bool:
    """Whether the tone speaks of what the law adds."""
    return harsher(tone, policy.rules.interest.from_tone) is tone


def _line(
    invoice: OwedInvoice, past: Past, policy: DunningPolicy, today: date, charges: Charges | None
) -> Line:
    return Line(
        invoice_id=invoice.id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        days_late=(today - invoice.due_on).days,
        left=invoice.due,
        total=invoice.total,
        url=invoice.url,
        charges=charges,
        reminded_on=tuple(
            policy.clock.date_of(each.at)
            for each in past.rounds
            if each.fate is Fate.SENT and _reminds(each.reached, invoice.id)
        ),
    )


def _reminds(reached: Iterable[Reached], invoice_id: str) -> bool:
    return any(each.invoice_id == invoice_id and each.level > 0 for each in reached)


def _pay_by(today: date, policy: DunningPolicy) -> date:
    """Return the day that leaves as long as the policy says, or the next on which banks work."""
    day = today + DAY * policy.rules.pay_within
    while not policy.clock.scaled and (day.weekday() >= _SATURDAY or day in policy.holidays):
        day += DAY
    return day
