"""What may befall customers in a year: invoices, money that comes in parts, and what people say."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from raccord.domain.dunning.rehearsal import Bill, Came, History
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.money import Money
from tests.workflows.house import PARIS

A_DAY = timedelta(days=1)
A_YEAR = 365
_AMOUNTS = ("60.00", "500.00", "500.00", "1234.56")
"""The first is not worth a mail by itself."""
_CURRENCIES = ("EUR", "EUR", "USD")
_HOURS = (*range(8), *range(10, 24))
"""Not those around the moment at which mails begin to leave."""


class Stories:
    """Stories of a seed, from a day on; the same for the same seed and day."""

    def __init__(self, seed: int, first: date) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - nothing is kept secret with it
        self._first = first

    def some(self, count: int) -> tuple[History, ...]:
        return tuple(self._story(number) for number in range(1, count + 1))

    def _story(self, number: int) -> History:
        draw = self._draw
        bills = tuple(self._bill(f"{number}-{each}") for each in range(1, draw.randint(2, 4)))
        account = Account(
            customer_id=f"cus_{number}",
            name=f"Client {number}",
            email=f"compta@client-{number}.example",
            language=draw.choice(("fr", "en")),
            business=True,
        )
        return History(account=account, bills=bills, words=tuple(self._words(number, bills)))

    def _bill(self, number: str) -> Bill:
        draw = self._draw
        issued = draw.randint(-50, A_YEAR - 90)
        due = issued + draw.choice((0, 15, 30, 45))
        total = Money(amount=Decimal(draw.choice(_AMOUNTS)), currency=draw.choice(_CURRENCIES))
        return Bill(
            invoice=OwedInvoice(
                id=f"in_{number}",
                number=f"F-{number}",
                due=total,
                total=total,
                issued_on=self._first + A_DAY * issued,
                due_on=self._first + A_DAY * due,
            ),
            issued_at=self._at(issued),
            came=tuple(self._came(total, due)),
        )

    def _came(self, total: Money, due: int) -> Iterator[Came]:
        """Pay it whole, in two parts, in part alone, or never; a credit note is money too."""
        half = total.model_copy(update={"amount": (total.amount / 2).quantize(Decimal("0.01"))})
        ways = ((total,), (total,), (half, total - half), (half,), ())
        draw, chosen = self._draw, self._draw.choice(ways)
        days = sorted(draw.randint(due - 5, due + 50) for _ in chosen)
        yield from (Came(at=self._at(day), amount=part) for day, part in zip(days, chosen, strict=True))

    def _words(self, number: int, bills: tuple[Bill, ...]) -> Iterator[Word]:
        draw = self._draw
        for count in range(draw.randint(0, 2)):
            day = draw.randint(10, A_YEAR - 30)
            kind = draw.choice((WordKind.PAUSE, WordKind.PROMISE, WordKind.DISPUTE))
            its = {"id": f"{number}-{count}", "at": self._at(day), "actor": "cli:anne"}
            until = self._first + A_DAY * (day + draw.randint(1, 30))
            if kind is not WordKind.DISPUTE:
                yield Word(kind=kind, until=until, **its)
                continue
            invoice = draw.choice(bills).invoice.id
            yield Word(kind=kind, invoice_id=invoice, **its)
            its |= {"id": f"{number}-{count}-settled", "at": self._at(day + draw.randint(5, 40))}
            yield Word(kind=WordKind.SETTLED, invoice_id=invoice, **its)

    def _at(self, day: int) -> datetime:
        hour = self._draw.choice(_HOURS)
        return datetime.combine(self._first + A_DAY * day, time(hour, 30), tzinfo=PARIS)
