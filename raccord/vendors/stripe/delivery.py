"""Sending a finalised invoice, finding out whether it was sent, and where others find its PDF."""

from datetime import UTC, datetime, timedelta

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.invoices import WRITE, Invoices
from raccord.vendors.stripe.wire import (
    EventPage,
    StripeInvoice,
)

EVENTS_KEPT = timedelta(days=30)
"""How long Stripe keeps events (Stripe docs: api/events/list)."""


class Delivery:
    """Stripe's own e-mail of an invoice. An invoice object does not say whether it was sent; events do."""

    def __init__(self, api: StripeApi, invoices: Invoices) -> None:
        self._api = api
        self._invoices = invoices

    async def send(self, invoice_id: str, key: str) -> None:
        """Have Stripe e-mail the invoice; under a new key it would e-mail it again."""
        await self._api.post(
            Operation(f"e-mail the invoice {invoice_id}", WRITE, write=True),
            ("invoices", invoice_id, "send"),
            StripeInvoice,
            {},
            key=key,
        )

    async def pdf_link(self, invoice_id: str) -> str:
        """Return where Stripe serves the PDF to whoever has the link: another host than its API."""
        invoice = await self._invoices.retrieve(invoice_id)
        if not invoice.invoice_pdf:
            raise Permanent(f"The Stripe invoice {invoice_id} has no PDF.", code="no_pdf")
        return invoice.invoice_pdf

    async def was_sent(self, invoice_id: str) -> bool:
        """Look for the invoice's `invoice.sent` event since it was finalised.

        Raises `Permanent` when the events of that time are gone: nobody can know then, and a
        customer must not get the invoice twice.
        """
        invoice = await self._invoices.retrieve(invoice_id)
        finalised_at = invoice.status_transitions.finalized_at
        if finalised_at is None:
            return False
        if await self._sent_since(finalised_at, invoice_id):
            return True
        if datetime.now(UTC) - datetime.fromtimestamp(finalised_at, UTC) > EVENTS_KEPT:
            raise Permanent(
                f"Whether the Stripe invoice {invoice_id} was e-mailed can no longer be known: it was issued "
                f"over {EVENTS_KEPT.days} days ago. Ask the customer, or send it from Stripe's Dashboard; "
                "then start the flow again.",
                code="delivery_unknown",
            )
        return False

    async def _sent_since(self, finalised_at: int, invoice_id: str) -> bool:
        events = self._api.pages(
            Operation("list the invoices that were e-mailed", "Events: Read"),
            "events",
            EventPage,
            {"type": "invoice.sent", "created": {"gte": finalised_at}},
        )
        async for event in events:
            if event.data.object.id == invoice_id:
                return True
        return False
