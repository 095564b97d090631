"""What people correct in Stripe: voided and credited invoices, and the next credit note computed."""

import shlex
from datetime import datetime
from typing import Any

from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import Misshapen, read
from raccord.domain.values.correction import Corrected, CorrectedInvoices
from raccord.domain.values.invoice import CreditPreview, Invoice
from raccord.domain.values.totals import Totals, VatTotal
from raccord.vendors.stripe.api import StripeApi, idempotency_key
from raccord.vendors.stripe.credit_notes import CREDIT_NOTES, credited
from raccord.vendors.stripe.invoices import Invoices
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.orders import reference_of
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.vat import VatRates
from raccord.vendors.stripe.wire import (
    Correction,
    CorrectionPage,
    CreditData,
    CreditNotePreview,
    Line,
    NamedInvoice,
    StripeInvoice,
    VoidedData,
)

_VOIDED = "invoice.voided"
_KINDS = ("credit_note.created", "credit_note.voided", _VOIDED)


class Corrections:
    """Reads only: Stripe issues a credit note the moment it is created, so that is left to people."""

    def __init__(self, api: StripeApi, invoices: Invoices, rates: VatRates, settings: StripeSettings) -> None:
        self._api = api
        self._invoices = invoices
        self._rates = rates
        self._settings = settings

    async def since(self, since: datetime) -> CorrectedInvoices:
        """Return the invoices that Stripe's events of 30 days at most name (Stripe docs: api/events/list).

        An event that a proxy or a new version of Stripe renders otherwise hides no other.
        """
        events = self._api.pages(
            Operation("list the credit notes and voided invoices", "Events: Read"),
            "events",
            CorrectionPage,
            {"types": list(_KINDS), "created": {"gte": int(since.timestamp())}},
        )
        named: dict[str, Corrected] = {}
        unreadable = 0
        async for event in events:
            if event.type not in _KINDS:
                continue
            try:
                found = _corrected(event)
            except Misshapen:
                unreadable += 1
                continue
            # A voided invoice is shown whole, a credit note names the id of its own.
            if not (known := named.get(found.invoice_id)) or found.told > known.told:
                named[found.invoice_id] = found
        return CorrectedInvoices(invoices=tuple(named.values()), unreadable=unreadable)

    async def preview(self, invoice: Invoice) -> CreditPreview:
        """Have Stripe compute the credit note of all that is left of an invoice."""
        held = await self._invoices.retrieve(invoice.id)
        lines = await self._invoices.all_lines(held)
        body = _body(held, lines)
        plan = {
            "credited": of_minor(held.total - credited(held), held.currency),
            "page": self._settings.page_of(held.id),
            "request": self._request(held, body),
        }
        operation = Operation(f"compute a credit note on the invoice {invoice.id}", CREDIT_NOTES)
        try:
            found = await self._api.get(operation, ("credit_notes", "preview"), CreditNotePreview, body)
            return CreditPreview(**plan, totals=await self._totals(found, held.currency))
        except ConnectorError as error:
            return CreditPreview(**plan, remark=str(error))

    async def _totals(self, found: CreditNotePreview, currency: str) -> Totals | None:
        if not found.total_taxes or found.total_excluding_tax is None:
            return None
        vat = [
            VatTotal(
                rate=await self._rates.percent(tax.tax_rate_details.tax_rate),
                base=of_minor(tax.taxable_amount or 0, currency),
                vat=of_minor(tax.amount, currency),
            )
            for tax in found.total_taxes
            if tax.tax_rate_details
        ]
        net, gross = of_minor(found.total_excluding_tax, currency), of_minor(found.total, currency)
        return Totals(net=net, vat=tuple(sorted(vat, key=lambda each: each.rate)), gross=gross)

    def _request(self, held: StripeInvoice, body: dict[str, Any]) -> str:
        # The same request sent twice is one credit note: its key says what was credited before.
        key = idempotency_key(f"credit/{held.id}/{credited(held)}")
        url = shlex.quote(f"{self._settings.base_url.rstrip('/')}/v1/credit_notes")
        form = " ".join(f"-d {shlex.quote(f'{name}={value}')}" for name, value in _flat(body))
        return f'curl {url} -u "$STRIPE_KEY:" -H {shlex.quote(f"Idempotency-Key: {key}")} {form}'


def _corrected(event: Correction) -> Corrected:
    """Read which invoice an event is about. Raises `Misshapen`."""
    if event.type == _VOIDED:
        about: NamedInvoice | str = read(event.data, VoidedData).object
    else:
        about = read(event.data, CreditData).object.invoice
    if isinstance(about, str):
        return Corrected(invoice_id=about)
    reference = reference_of(about.metadata or {})
    return Corrected(
        invoice_id=about.id,
        deal=reference.deal if reference else None,
        told=about.metadata is not None,
    )


def _body(held: StripeInvoice, lines: tuple[Line, ...]) -> dict[str, Any]:
    """Credit line by line, so that VAT is split off; what is left after another credit note, as a sum.

    So is a balance, whose negative line no credit note can take back by itself.
    What was paid already has to go somewhere (docs: api/credit_notes/create): here, back outside of Stripe.
    """
    left = held.total - credited(held)
    whole: dict[str, Any] = {"invoice": held.id}
    if credited(held) or any(line.amount < 0 for line in lines):
        whole["amount"] = left
    else:
        whole["lines"] = [
            {"type": "invoice_line_item", "invoice_line_item": line.id, "amount": line.amount}
            for line in lines
            if line.amount
        ]
    unpaid = (
        (0 if held.status == "paid" else left) if held.amount_remaining is None else held.amount_remaining
    )
    if paid := max(left - unpaid, 0):
        whole["out_of_band_amount"] = paid
    return whole


def _flat(body: dict[str, Any]) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in body.items():
        if isinstance(value, list):
            for number, item in enumerate(value):
                found += [(f"{name}[{number}][{key}]", each) for key, each in item.items()]
        else:
            found.append((name, value))
    return found
