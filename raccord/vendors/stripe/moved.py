"""What moved an invoice, out of the amounts that Stripe holds of it and of its payments.

Together its movements and its credit notes come to what its customer owes on it, and never to less than
nothing: what came beyond that is on the customer's balance (Stripe docs: api/invoices/object).
"""

from collections.abc import Iterable, Iterator

from raccord.domain.values.movement import Movement, MovementKind
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.paid import Part, Sums, sums_of
from raccord.vendors.stripe.payments import instant
from raccord.vendors.stripe.wire import StripeInvoice
from raccord.vendors.stripe.wire_movements import CreditNoteOfInvoice, PaymentOfInvoice, Refund
from raccord.vendors.stripe.wire_payments import InvoicePayment, StripeDispute


def moved(held: StripeInvoice, payments: Iterable[InvoicePayment]) -> tuple[Movement, ...]:
    """Return what moved an issued invoice but refunds and credit notes, the oldest first. Raises `Poison`."""
    parts = [Part(each, None) for each in payments if each.status == "paid"]
    parts.sort(key=lambda part: (part.counted_at, part.found.created, part.found.id))
    sums = sums_of(held, parts)
    found = [*_issued(held, sums), *_paid(held, parts, sums), *_let_off(held, sums)]
    return tuple(sorted(found, key=lambda each: each.at))


def received(payment: PaymentOfInvoice) -> Iterator[Movement]:
    """Yield a payment of an invoice that was not overpaid, as `moved` has it. Raises `Poison`."""
    if amount := payment.amount_paid or 0:
        at, invoice = payment.status_transitions.paid_at or payment.created, payment.invoice
        yield _movement(payment.id, MovementKind.RECEIVED, invoice, at, amount=amount, owed=-amount)


def credited(note: CreditNoteOfInvoice) -> Iterator[Movement]:
    """Yield what a credit note took off an invoice. Raises `Poison`."""
    yield Movement(
        id=note.id,
        kind=MovementKind.CREDITED,
        invoice_id=note.invoice,
        at=instant(note.created),
        amount=of_minor(note.total, note.currency),
        owed=of_minor(-note.pre_payment_amount, note.currency).amount,
    )


def went_back(back: Refund | StripeDispute, parts: Iterable[InvoicePayment]) -> Iterator[Movement]:
    """Yield what went back to a customer, in the proportion in which the payment pays each invoice.

    Nothing is owed for it: Stripe leaves the invoice paid. Raises `Poison`.
    """
    pays = [each for each in parts if each.status == "paid" and each.amount_paid]
    whole, reached, given = sum(each.amount_paid or 0 for each in pays), 0, 0
    for part in pays:
        reached += part.amount_paid or 0
        # Of what all so far come to together, so that no cent is lost between them.
        share = back.amount * reached // whole - given
        given += share
        yield Movement(
            id=f"{back.id}/{part.invoice}",
            kind=MovementKind.REFUNDED,
            invoice_id=part.invoice,
            at=instant(back.created),
            amount=of_minor(share, back.currency),
            owed=of_minor(0, back.currency).amount,
        )


def _issued(held: StripeInvoice, sums: Sums) -> Iterator[Movement]:
    """What its customer owed before is owed on it where that was added; one below zero is a credit."""
    at = held.status_transitions.finalized_at or held.created
    kind = MovementKind.ISSUED if held.total >= 0 else MovementKind.CREDITED
    owed = sums.asked + sums.set_off + held.pre_payment_credit_notes_amount
    yield _movement(f"{held.id}/issued", kind, held, at, amount=abs(held.total), owed=owed)
    if sums.set_off:
        yield _movement(
            f"{held.id}/balance", MovementKind.SET_OFF, held, at, amount=sums.set_off, owed=-sums.set_off
        )


def _paid(held: StripeInvoice, parts: Iterable[Part], sums: Sums) -> Iterator[Movement]:
    left = sums.settled
    for part in parts:
        took = min(part.amount, left)
        left -= took
        if part.amount:
            yield _movement(
                part.found.id, MovementKind.RECEIVED, held, part.counted_at, amount=part.amount, owed=-took
            )
    if sums.elsewhere:
        moments = held.status_transitions
        at = moments.paid_at or moments.finalized_at or held.created
        yield _movement(
            f"{held.id}/outside", MovementKind.RECEIVED, held, at, amount=sums.elsewhere, owed=-left
        )


def _let_off(held: StripeInvoice, sums: Sums) -> Iterator[Movement]:
    """What nobody has to pay any more; voiding also gives back what was set off."""
    moments, left = held.status_transitions, sums.asked - sums.settled
    match held.status:
        case "void":
            name, at = "voided", moments.voided_at
            amount = held.total - held.pre_payment_credit_notes_amount - sums.settled
        case "uncollectible":
            name, at, amount = "given_up", moments.marked_uncollectible_at, left
        case "paid":
            # Stripe docs, api/invoices/pay: `forgive`.
            name, at, amount = "forgiven", moments.paid_at, left
        case _:
            return
    if amount > 0:
        at = at or moments.finalized_at or held.created
        yield _movement(f"{held.id}/{name}", MovementKind.CREDITED, held, at, amount=amount, owed=-left)


def _movement(
    id: str, kind: MovementKind, held: StripeInvoice, at: int, *, amount: int, owed: int
) -> Movement:
    return Movement(
        id=id,
        kind=kind,
        invoice_id=held.id,
        at=instant(at),
        amount=of_minor(amount, held.currency),
        owed=of_minor(owed, held.currency).amount,
    )
