"""What Stripe's events say: whose money to read again (Stripe docs: api/events/types).

Of one card payment of an invoice Stripe tells about seven times. `invoice.paid` and `invoice_payment.paid`
name the invoice, `payment_intent.succeeded` a payment that may be one of an invoice or not; the others
repeat them and are left out: `invoice.payment_succeeded`, and `charge.succeeded` of a payment intent.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from raccord.connectors.webhooks import Hint, HintKind
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
"""Every event that is acted on; the webhook endpoint is registered for these."""
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
_ID = re.compile("[A-Za-z0-9_]{1,255}")


class Undocumented(ValueError):
    """An event without what its type has; its neighbours may have it."""


def hints_of(event: Mapping[str, Any]) -> tuple[Hint, ...]:
    """Return what an event tells to read again, nothing for what is not acted on. Raises `Undocumented`."""
    kind, data = event.get("type"), event.get("data")
    if kind not in TYPES:
        return ()
    if not isinstance(data, Mapping) or not isinstance(shown := data.get("object"), Mapping):
        raise Undocumented
    key, at = _id(event), _instant(event.get("created"))
    told = _told(kind, shown, data.get("previous_attributes"))
    return tuple(Hint(kind=of, id=id, key=key, occurred_at=at) for of, id in told)


def _told(kind: str, shown: Mapping[str, Any], before: Any) -> Iterator[tuple[HintKind, str]]:
    if kind == UPDATED and _matters_not(shown, before):
        return
    if kind in _INVOICES:
        yield HintKind.INVOICE, _id(shown)
    elif kind in _CREDIT_NOTES:
        yield HintKind.INVOICE, _reference(shown, "invoice")
    elif kind == _PAID:
        yield HintKind.INVOICE, _reference(shown, "invoice")
        yield HintKind.ALLOCATED_PAYMENT, _payment_of(shown.get("payment"))
    elif kind in _INTENTS or (kind == _CHARGED and not shown.get("payment_intent")):
        yield HintKind.PAYMENT, _id(shown)
    elif kind in REVERSALS:
        yield HintKind.PAYMENT, _reversed(shown)
    elif kind == _CASH:
        yield from _moved(shown)


def _matters_not(shown: Mapping[str, Any], before: Any) -> bool:
    """Whether an update is of a draft, or of nothing that money hangs on: it names what changed."""
    return shown.get("status") == "draft" or (isinstance(before, Mapping) and not _MONEY & before.keys())


def _moved(shown: Mapping[str, Any]) -> Iterator[tuple[HintKind, str]]:
    """A transfer that came is a payment; what left the balance does not say of which transfer it was."""
    customer = _reference(shown, "customer")
    if shown.get("type") == "funded":
        yield HintKind.PAYMENT, transfer_id(customer, _id(shown))
    else:
        yield HintKind.ALLOCATED_PAYMENT, customer
    if isinstance(unapplied := shown.get("unapplied_from_payment"), Mapping):
        yield HintKind.PAYMENT, _reference(unapplied, "payment_intent")


def _payment_of(paid_with: Any) -> str:
    if not isinstance(paid_with, Mapping):
        raise Undocumented
    for name in ("payment_intent", "payment_record", "charge"):
        if paid_with.get(name):
            return _reference(paid_with, name)
    raise Undocumented


def _reversed(shown: Mapping[str, Any]) -> str:
    """Return whose payment a refund, a dispute or a charge takes back."""
    if shown.get("payment_intent"):
        return _reference(shown, "payment_intent")
    return _id(shown) if shown.get("object") == "charge" else _reference(shown, "charge")


def _reference(shown: Mapping[str, Any], name: str) -> str:
    """Return the id of what a field names: an id, or the whole object."""
    found = shown.get(name)
    return _id(found if isinstance(found, Mapping) else {"id": found})


def _id(shown: Mapping[str, Any]) -> str:
    found = shown.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise Undocumented
    return found


def _instant(unix: Any) -> datetime:
    if not isinstance(unix, int) or isinstance(unix, bool):
        raise Undocumented
    try:
        return datetime.fromtimestamp(unix, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise Undocumented from error
