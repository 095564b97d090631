"""Letters to customers who owe, of every kind."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from raccord.domain.dunning.calendar import public_holidays
from raccord.domain.dunning.letter import Letter, letter_of
from raccord.domain.dunning.memory import Fate, Memory, Reached, Round
from raccord.domain.dunning.plan import Due
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.rules.dunning import Interest, InterestRate, Tone
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.money import Money

POLICY = DunningPolicy(
    mode=Mode.LIVE,
    crm="hubspot",
    billing="stripe",
    company="Hexalab",
    holidays=public_holidays("FR", date(2026, 11, 27)),
)
INTEREST = Interest(
    on=True,
    rates=(
        InterestRate(valid_from=date(2026, 1, 1), percent=Decimal("12.15")),
        InterestRate(valid_from=date(2026, 7, 1), percent=Decimal("12.4")),
    ),
)
LEVELS = {Tone.NOTICE: 0, Tone.COURTEOUS: 1, Tone.FIRM: 2, Tone.LAST: 3}
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def invoice(number: int = 42, **changes: Any) -> OwedInvoice:
    given = {
        "id": f"in_{number}",
        "number": f"F-2026-{number:04}",
        "due": euros("1305.39"),
        "total": euros("1305.39"),
        "issued_on": date(2026, 10, 13),
        "due_on": date(2026, 11, 12),
        "url": f"https://invoice.stripe.com/i/acct_1/test_{number}",
    }
    return OwedInvoice.model_validate(given | changes)


def account(*invoices: OwedInvoice, **changes: Any) -> Account:
    given = {"customer_id": "cus_1", "name": "Acme SAS", "language": "fr", "invoices": invoices}
    return Account.model_validate(given | changes)


def due(tone: Tone, *invoices: OwedInvoice) -> Due:
    level = LEVELS[tone]
    return Due(
        level=level,
        tone=tone,
        invoices=invoices,
        reached=tuple(Reached(invoice_id=each.id, level=level) for each in invoices),
        first=False,
        key="dun/stripe:cus_1/1/0",
    )


def round_of(at: datetime, level: int, *invoices: str, fate: Fate = Fate.SENT) -> Round:
    tone = next(tone for tone, each in LEVELS.items() if each == level)
    reached = tuple(Reached(invoice_id=each, level=level) for each in invoices)
    return Round(key=f"{at}", at=at, level=level, tone=tone, reached=reached, fate=fate)


def letter(
    tone: Tone,
    *invoices: OwedInvoice,
    rounds: tuple[Round, ...] = (),
    interest: Interest | None = None,
    **of_account: Any,
) -> Letter:
    said = invoices or (invoice(),)
    rules = POLICY.rules.model_copy(update={"interest": interest or Interest()})
    policy = POLICY.model_copy(update={"rules": rules})
    return letter_of(due(tone, *said), account(*said, **of_account), Memory(rounds=rounds), policy, NOW)
