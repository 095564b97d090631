"""Invoices and payments of the past, as the billing system holds them."""

from collections.abc import Sequence
from datetime import date

import click

from raccord.domain.dunning.rehearsal import Bill, Came, History
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.clock import DAY
from raccord.domain.values.message import message
from raccord.domain.values.payment import InvoiceMoney
from raccord.texts import say
from starters.cli.dunning.books import Books, patiently
from starters.cli.language import spoken

_BEFORE = 90 * DAY
"""Invoices that were issued so long before may have fallen due since."""


async def histories(books: Books, since: date) -> tuple[History, ...]:
    """Read what was billed, paid and said, so that a simulation can begin on a business date."""
    ids = await patiently(lambda: books.billing.issued_since(since - _BEFORE))
    click.echo(say(message("dunning.simulate.reading", count=len(ids)), spoken()), err=True)
    every = await books.some_at_a_time(books.billing.read_money, ids)
    customers = await books.all_of(dict.fromkeys(each.invoice.customer_id for each in every))
    return tuple(
        History(
            account=known.account,
            bills=_bills(books, every, known.account.customer_id),
            words=known.memory.words,
        )
        for known in customers
        if not known.account.gone
    )


def _bills(books: Books, every: Sequence[InvoiceMoney], customer_id: str) -> tuple[Bill, ...]:
    theirs = (each for each in every if each.invoice.customer_id == customer_id)
    return tuple(bill for each in theirs if (bill := _bill(books, each)))


def _bill(books: Books, money: InvoiceMoney) -> Bill | None:
    """Return an invoice with its payments. What was credited, nobody knows when, was never owed."""
    invoice = money.invoice
    total = invoice.totals.gross - invoice.credited
    if invoice.due_on is None or invoice.issued_on is None or total.amount <= 0:
        return None
    owed = OwedInvoice(
        id=invoice.id,
        number=invoice.number or invoice.id,
        due=total,
        total=total,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        url=invoice.url or "",
    )
    # Its hour matters to nobody: it is due days later.
    issued_at = books.policy.clock.end_of(invoice.issued_on)
    came = tuple(Came(at=each.paid_at, amount=each.amount) for each in money.payments)
    return Bill(invoice=owed, issued_at=issued_at, came=came)
