"""How a credit note gives back what was paid (Stripe docs: api/credit_notes/create)."""

from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.refunds import give_back
from sandbox.stripe.store import Invoice, Json


def refunds(call: Call, invoice: Invoice) -> list[Json]:
    """The refunds that give the credited money back: those that exist already, and the one it makes."""
    found = linked_refunds(call, invoice)
    amount: int = call.params.get("refund_amount", 0)
    charge = refundable_charge(call, invoice)
    if amount and charge:
        found.append(_link(give_back(call, charge, amount), amount))
    return found


def linked_refunds(call: Call, invoice: Invoice) -> list[Json]:
    """Those that the request names."""
    return [_existing_refund(call, invoice, wanted) for wanted in call.params.get("refunds") or ()]


def _existing_refund(call: Call, invoice: Invoice, wanted: Json) -> Json:
    refund = call.store.refunds.find(wanted["refund"])
    if refund is None:
        raise missing_object("refund", wanted["refund"], param="refunds", status=400)
    if refund["charge"] not in {charge["id"] for charge in _charges(call, invoice)}:
        raise Refusal("The refund is not of a payment of this invoice.", param="refunds")
    amount: int = wanted["amount_refunded"] if "amount_refunded" in wanted else refund["amount"]
    linked = (each for note in call.store.credit_notes for each in note["refunds"])
    left: int = refund["amount"] - sum(e["amount_refunded"] for e in linked if e["refund"] == refund["id"])
    if amount > left:
        raise Refusal(f"Only {left} of the refund is not linked to a credit note.", param="refunds")
    return _link(refund, amount)


def _link(refund: Json, amount: int) -> Json:
    return {
        "amount_refunded": amount,
        "payment_record_refund": None,
        "refund": refund["id"],
        "type": "refund",
    }


def refundable_charge(call: Call, invoice: Invoice) -> Json | None:
    """A charge of the invoice that has enough left."""
    wanted = call.params.get("refund_amount", 0)
    charges = _charges(call, invoice)
    return next((each for each in charges if each["amount"] - each["amount_refunded"] >= wanted), None)


def _charges(call: Call, invoice: Invoice) -> list[Json]:
    paid = {
        each["payment"].get("payment_intent")
        for each in call.store.invoice_payments.of(invoice.id)
        if each["status"] == "paid"
    }
    charges = call.store.charges
    return [each for each in charges if each["payment_intent"] in paid and each["status"] == "succeeded"]
