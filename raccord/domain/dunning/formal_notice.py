"""The letter that asks for payment before a court is asked. Raccord prepares it; a person sends it, or not.

What it must say follows from C. civ. 1344: whom it asks for what, since when, and until when.
"""

from datetime import date, datetime

from raccord.domain.dunning.letter import Letter, letter_about
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.situation import Situation
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.address import Address
from raccord.domain.values.base import OneLine, Value


class FormalNotice(Value):
    """A formal notice about the invoices of a letter."""

    letter: Letter
    creditor: tuple[OneLine, ...]
    """Who asks: name, address and number, a line each."""
    debtor: OneLine
    address: Address
    siren: str = ""
    """The debtor's; empty for a private person, and where nobody knows."""
    day: date
    """On which it was prepared."""
    days: int
    """That it leaves for the payment, from the day on which it is received."""


def claims_of(
    account: Account, memory: Memory, policy: DunningPolicy, now: datetime
) -> tuple[OwedInvoice, ...]:
    """Return what may be claimed at an aware instant: every level of it was sent, and nobody sees to it."""
    return Situation(account=account, memory=memory, policy=policy, now=now).undecided


def formal_notice_of(
    invoices: tuple[OwedInvoice, ...], account: Account, memory: Memory, policy: DunningPolicy, now: datetime
) -> FormalNotice:
    """Prepare the formal notice about invoices, one at least, at an aware instant."""
    return FormalNotice(
        letter=letter_about(invoices, account, memory, policy, now, tone=Tone.LAST),
        creditor=policy.rules.letterhead or (policy.company,),
        debtor=account.name,
        address=account.address,
        siren=account.siren,
        day=policy.clock.date_of(now),
        days=policy.rules.notice_days,
    )
