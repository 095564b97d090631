"""A customer's invoices, ours or not, what an invoice bills line by line, and who owes something late."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

from raccord.connectors.http.errors import Operation
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceState
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.errors import empty_when_gone
from raccord.vendors.stripe.invoices import OWED, READ, Invoices
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.vat import VatRates
from raccord.vendors.stripe.wire import (
    AnyPage,
    InvoicePage,
    Line,
    OwingPage,
    StripeInvoice,
)

_STAND = (InvoiceState.OPEN, InvoiceState.PAID)
DRAFTED = 90 * DAY
"""How long a draft may wait."""


class Listing:
    """Reads what others may have written: nothing here relies on an invoice having our shape."""

    def __init__(self, api: StripeApi, invoices: Invoices, rates: VatRates, clock: BusinessClock) -> None:
        self._api = api
        self._invoices = invoices
        self._rates = rates
        self._clock = clock

    async def of_customer(self, customer_id: str, since: date, until: date) -> tuple[Invoice, ...]:
        """Return the customer's invoices created or finalised between two business dates, without VAT.

        Stripe lists by the instant of creation alone: a draft older than the day of margin is not seen.
        """
        pages = self._api.pages(
            Operation(f"list the invoices of customer {customer_id}", READ),
            "invoices",
            InvoicePage,
            {"customer": customer_id, "created": self._created(since, until)},
        )
        found: list[tuple[date, Invoice]] = []
        with empty_when_gone():
            found = [self._glimpse(invoice) async for invoice in pages]
        return tuple(
            invoice
            for created_on, invoice in found
            if any(since <= day <= until for day in (created_on, invoice.issued_on) if day)
        )

    async def lines(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        invoice = await self._invoices.retrieve(invoice_id)
        return tuple([await self._line(line, invoice) for line in await self._invoices.all_lines(invoice)])

    async def owing(self, due_before: date) -> tuple[str, ...]:
        """Return the ids of those who owe something due before a business date, the oldest invoice first."""
        # Instants of Stripe are whole seconds.
        began = math.ceil(self._clock.end_of(due_before - DAY).timestamp() + 1)
        wanted = {**OWED, "due_date": {"lt": began}}
        pages = self._api.pages(Operation("list the late invoices", READ), "invoices", OwingPage, wanted)
        found = [each.customer async for each in pages if each.amount_remaining and each.customer]
        return tuple(dict.fromkeys(reversed(found)))

    async def issued_since(self, day: date) -> tuple[str, ...]:
        """Return the ids of open and paid invoices finalised since a business date.

        Stripe lists by the instant of creation alone: a draft that waited longer than a quarter is not seen.
        """
        wanted = {"collection_method": OWED["collection_method"], "created": self._begun(day)}
        pages = self._api.pages(Operation("list the invoices", READ), "invoices", InvoicePage, wanted)
        glimpsed = [self._invoices.glimpse(each) async for each in pages]
        issued = [each for each in glimpsed if each.state in _STAND and each.issued_on]
        return tuple(each.id for each in issued if each.issued_on and each.issued_on >= day)

    async def first(self) -> None:
        """List one invoice: cheap, and refused when the key is."""
        await self._api.get(Operation("list an invoice", READ), "invoices", AnyPage, {"limit": 1})

    def _begun(self, day: date) -> dict[str, int]:
        return {"gte": int(self._clock.end_of(day - DRAFTED - DAY).timestamp()) + 1}

    def _created(self, since: date, until: date) -> dict[str, int]:
        """Return the instants between which to look, with a day of margin: Stripe's clock is not ours."""
        return {
            "gte": int(self._clock.end_of(since - 2 * DAY).timestamp()) + 1,
            "lte": int(self._clock.end_of(until + DAY).timestamp()),
        }

    async def _line(self, line: Line, invoice: StripeInvoice) -> InvoicedLine:
        rates = [tax.tax_rate_details for tax in line.taxes or ()]
        percents = [await self._rates.percent(rate.tax_rate) for rate in rates if rate]
        quantity = line.quantity_decimal if line.quantity_decimal is not None else line.quantity
        return InvoicedLine(
            name=line.description or "",
            quantity=Decimal(1 if quantity is None else quantity),
            net=of_minor(_net(line), invoice.currency),
            vat_rate=sum(percents, Decimal(0)) if percents and all(rates) else None,
        )

    def _glimpse(self, found: StripeInvoice) -> tuple[date, Invoice]:
        return self._clock.date_of(datetime.fromtimestamp(found.created, UTC)), self._invoices.glimpse(found)


def _net(line: Line) -> int:
    discounts = sum(discount.amount for discount in line.discount_amounts or ())
    included = sum(tax.amount for tax in line.taxes or () if tax.tax_behavior == "inclusive")
    return (line.amount if line.subtotal is None else line.subtotal) - discounts - included
