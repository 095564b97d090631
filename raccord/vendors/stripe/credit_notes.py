"""The credit notes of an invoice, read where there are any."""

from raccord.connectors.errors import Forbidden, Permanent, Poison, Transient
from raccord.connectors.http.errors import Operation
from raccord.domain.values.invoice import CreditNote
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.wire import CreditNotePage, StripeInvoice

CREDIT_NOTES = "Credit notes: Read"


async def credit_notes_of(api: StripeApi, invoice: StripeInvoice) -> tuple[CreditNote, ...]:
    """Return the credit notes that count, the oldest first; none where Stripe does not tell them.

    Their amount is on the invoice itself: a key that may not list them hides their numbers alone, and
    holds up no flow.
    """
    if not credited(invoice):
        return ()
    pages = api.pages(
        Operation(f"list the credit notes of invoice {invoice.id}", CREDIT_NOTES),
        "credit_notes",
        CreditNotePage,
        {"invoice": invoice.id},
    )
    try:
        found = [note async for note in pages]
    except (Forbidden, Permanent, Poison, Transient):
        return ()
    return tuple(
        CreditNote(number=note.number, gross=of_minor(note.total, invoice.currency))
        for note in reversed(found)
        if note.status == "issued" and note.number
    )


def credited(invoice: StripeInvoice) -> int:
    """Return the gross amount of its credit notes, in Stripe's minor units."""
    return invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount
