"""What Stripe's events say: whose money or details to read again (Stripe docs: api/events/types).

Of one card payment of an invoice Stripe tells about seven times. `invoice.paid` and `invoice_payment.paid`
name the invoice, `payment_intent.succeeded` a payment that may be one of an invoice or not; the others
repeat them and are left out: `invoice.payment_succeeded`, and `charge.succeeded` of a payment intent.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from raccord.connectors.webhooks import Hint, HintKind
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES, customer_of
from raccord.vendors.stripe.documented import Undocumented, id_of, instant_of, reference_of, shown_of
from raccord.vendors.stripe.transfers import transfer_id

UPDATED = "invoice.updated"
_INVOICES = frozenset(
    (
        "invoice.finalized",
        "invoice.marked_uncollectible",
        "invoice.overpaid",
        "invoice.paid",
        "invoice.payment_failed",
        UPDATED,
        "invoice.voided",
    )
)
_CREDIT_NOTES = frozenset(("credit_note.created", "credit_note.updated", "credit_note.voided"))
_INTENTS = frozenset(
    ("payment_intent.payment_failed", "payment_intent.processing", "payment_intent.succeeded")
)
_CHARGED, _PAID = "charge.succeeded", "invoice_payment.paid"
_CASH = "customer_cash_balance_transaction.created"
REVERSALS = frozenset(
    (
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.dispute.funds_reinstated",
        "charge.dispute.funds_withdrawn",
        "charge.refunded",
        "refund.created",
        "refund.failed",
        "refund.updated",
    )
)
TYPES = tuple(sorted({*_INVOICES, *_CREDIT_NOTES, *_INTENTS, *REVERSALS, _CHARGED, _PAID, _CASH}))
"""Every event of money that is acted on; the webhook endpoint is registered for these."""
TELLS = frozenset((HintKind.INVOICE, HintKind.PAYMENT, HintKind.ALLOCATED_PAYMENT, HintKind.CUSTOMER))
_MONEY = frozenset(
    (
        "amount_due",
        "amount_overpaid",
        "amount_paid",
        "amount_remaining",
        "due_date",
        "ending_balance",
        "metadata",
        "post_payment_credit_notes_amount",
        "pre_payment_credit_notes_amount",
        "status",
        "total",
    )
)
"""Fields of an invoice that its money, or its way to its deal, hangs on."""


def hints_of(event: Mapping[str, Any]) -> tuple[Hint, ...]:
    """Return what an event tells to read again, nothing for what is not acted on. Raises `Undocumented`."""
    kind = event.get("type")
    if kind in CUSTOMER_TYPES:
        told = [(HintKind.CUSTOMER, customer) for customer in (customer_of(event),) if customer]
    elif kind in TYPES:
        told = [*_told(kind, *shown_of(event))]
    else:
        return ()
    key, at = id_of(event), instant_of(event.get("created"))
    return tuple(Hint(kind=of, id=id, key=key, occurred_at=at) for of, id in told)


def _told(kind: str, shown: Mapping[str, Any], before: Any) -> Iterator[tuple[HintKind, str]]:
    if kind == UPDATED and _matters_not(shown, before):
        return
    if kind in _INVOICES:
        yield HintKind.INVOICE, id_of(shown)
    elif kind in _CREDIT_NOTES:
        yield HintKind.INVOICE, reference_of(shown, "invoice")
    elif kind == _PAID:
        yield HintKind.INVOICE, reference_of(shown, "invoice")
        yield HintKind.ALLOCATED_PAYMENT, _payment_of(shown.get("payment"))
    elif kind in _INTENTS or (kind == _CHARGED and not shown.get("payment_intent")):
        yield HintKind.PAYMENT, id_of(shown)
    elif kind in REVERSALS:
        yield HintKind.PAYMENT, _reversed(shown)
    elif kind == _CASH:
        yield from _moved(shown)


def _matters_not(shown: Mapping[str, Any], before: Any) -> bool:
    """Whether an update is of a draft, or of nothing that money hangs on: it names what changed."""
    return shown.get("status") == "draft" or (isinstance(before, Mapping) and not _MONEY & before.keys())


def _moved(shown: Mapping[str, Any]) -> Iterator[tuple[HintKind, str]]:
    """A transfer that came is a payment; what left the balance does not say of which transfer it was."""
    customer = reference_of(shown, "customer")
    if shown.get("type") == "funded":
        yield HintKind.PAYMENT, transfer_id(customer, id_of(shown))
    else:
        yield HintKind.ALLOCATED_PAYMENT, customer
    if isinstance(unapplied := shown.get("unapplied_from_payment"), Mapping):
        yield HintKind.PAYMENT, reference_of(unapplied, "payment_intent")


def _payment_of(paid_with: Any) -> str:
    if not isinstance(paid_with, Mapping):
        raise Undocumented
    for name in ("payment_intent", "payment_record", "charge"):
        if paid_with.get(name):
            return reference_of(paid_with, name)
    raise Undocumented


def _reversed(shown: Mapping[str, Any]) -> str:
    """Return whose payment a refund, a dispute or a charge takes back."""
    if shown.get("payment_intent"):
        return reference_of(shown, "payment_intent")
    return id_of(shown) if shown.get("object") == "charge" else reference_of(shown, "charge")
