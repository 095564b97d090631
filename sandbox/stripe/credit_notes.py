"""Credit notes: how an issued invoice is corrected."""

from decimal import Decimal
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.booking import settle, told_paid
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.credit_refunds import linked_refunds, refundable_charge, refunds
from sandbox.stripe.customer_balance import shift_balance
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.invoice_view import shown
from sandbox.stripe.lines import Line, rendered_tax
from sandbox.stripe.pages import in_range, list_object, page
from sandbox.stripe.payments import cancel_payments, resize_default_payment
from sandbox.stripe.settings import ACCOUNT
from sandbox.stripe.store import Invoice, Json
from sandbox.stripe.totals import Taxed, Totals, line_amount, totals

_ALLOCATIONS = ("credit_amount", "out_of_band_amount", "refund_amount")


def create(call: Call) -> Json:
    """Credit a sum, or lines of the invoice with their tax; an open invoice asks for less afterwards."""
    invoice = _credited_invoice(call)
    lines, sums = _credited(call, invoice)
    post = _post_payment(invoice, sums.total)
    _affordable(call, invoice, sums.total, post=post)
    before = shown(call.account, invoice)
    note = _note(call, invoice, lines, sums, post=post)
    note["refunds"] = refunds(call, invoice)
    call.store.credit_notes.add(note["id"], note)
    _onto_balance(call, invoice, note)
    call.event("credit_note.created", note)
    _book(call, invoice, sums.total, post=post)
    told_paid(call, invoice, before)
    return note


def preview(call: Call) -> Json:
    """What `create` would make of the same parameters; nothing happens."""
    invoice = _credited_invoice(call)
    lines, sums = _credited(call, invoice)
    post = _post_payment(invoice, sums.total)
    _affordable(call, invoice, sums.total, post=post)
    return _note(call, invoice, lines, sums, post=post)


def retrieve(call: Call) -> Json:
    return _existing(call)


def void(call: Call) -> Json:
    """Take a credit note back, which only works while its invoice is not settled by it."""
    note = _existing(call)
    invoice = call.store.invoices.find(note["invoice"])
    if note["status"] == "void":
        raise Refusal("This credit note is already void.")
    if invoice is None or invoice.status != "open" or note["post_payment_amount"]:
        raise Refusal("You can only void a credit note of an open invoice.")
    before, noted = shown(call.account, invoice), dict(note)
    note.update(status="void", voided_at=call.now)
    invoice.data["pre_payment_credit_notes_amount"] -= note["amount"]
    invoice.data["amount_due"] += note["amount"]
    invoice.data["amount_remaining"] += note["amount"]
    resize_default_payment(call, invoice)
    call.updated("credit_note.updated", note, noted)
    call.event("credit_note.voided", note)
    call.updated("invoice.updated", shown(call.account, invoice), before)
    return note


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "credit note",
        call.store.credit_notes,
        lambda note: (
            all(note[name] == params[name] for name in ("customer", "invoice") if name in params)
            and in_range(note["created"], params.get("created"))
        ),
    )


def _existing(call: Call) -> Json:
    note = call.store.credit_notes.find(call.id)
    if note is None:
        raise missing_object("credit note", call.id)
    return note


def _credited_invoice(call: Call) -> Invoice:
    invoice = call.store.invoices.find(call.params["invoice"])
    if invoice is None:
        raise missing_object("invoice", call.params["invoice"], param="invoice", status=400)
    if invoice.status not in ("open", "paid", "uncollectible"):
        raise Refusal(f"Credit notes cannot be issued for {invoice.status} invoices.", param="invoice")
    return invoice


def _credited(call: Call, invoice: Invoice) -> tuple[list[Json], Totals]:
    wanted = call.params.get("lines")
    if wanted is None:
        amount = call.params["amount"]
        sums = Totals(
            subtotal=amount, subtotal_excluding_tax=amount, total=amount, total_excluding_tax=amount, taxes=()
        )
        return [_note_line(call, "custom_line_item", None, Taxed(amount=amount, rates=()))], sums
    credited = [_credited_line(call, invoice, line, number) for number, line in enumerate(wanted)]
    sums = totals(
        [taxed for _, taxed in credited],
        exempt=invoice.data["customer_tax_exempt"],
        per_rate=call.settings.vat_per_rate,
    )
    return [_note_line(call, "invoice_line_item", line, taxed) for line, taxed in credited], sums


def _credited_line(call: Call, invoice: Invoice, wanted: dict[str, Any], number: int) -> tuple[Line, Taxed]:
    line = next((each for each in invoice.lines if each.id == wanted["invoice_line_item"]), None)
    if line is None:
        raise missing_object(
            "invoice line item",
            wanted["invoice_line_item"],
            param=f"lines[{number}][invoice_line_item]",
            status=400,
        )
    amount = line.amount
    if "quantity" in wanted:
        amount = line_amount(Decimal(wanted["quantity"]), line.unit)
    amount = wanted.get("amount", amount)
    if amount > line.amount:
        raise Refusal("You cannot credit more than the line's amount.", param=f"lines[{number}][amount]")
    whole = line.taxed(call.store.rates(), invoice.default_rates)
    return line, Taxed(amount=amount, rates=whole.rates)


def _post_payment(invoice: Invoice, amount: int) -> int:
    """The part of the amount that was paid already; the other lowers what is due."""
    remaining: int = invoice.data["amount_remaining"]
    return max(amount - remaining, 0)


def _affordable(call: Call, invoice: Invoice, amount: int, *, post: int) -> None:
    data, paid = invoice.data, invoice.status == "paid"
    credited = data["pre_payment_credit_notes_amount"] + data["post_payment_credit_notes_amount"]
    still_paid = data["amount_paid"] - data["post_payment_credit_notes_amount"]
    left = data["total"] - credited if paid else data["amount_remaining"] + still_paid
    if not 0 < amount <= left:
        raise Refusal(f"The credit note amount must be between 1 and {left}.", param="amount")
    linked = sum(each["amount_refunded"] for each in linked_refunds(call, invoice))
    allocated = sum(call.params.get(name, 0) for name in _ALLOCATIONS) + linked
    if allocated != post:
        raise Refusal(
            "The sum of credit amount, refund amount and out of band amount must equal the post payment "
            f"amount of the credit note ({post}).",
            param="credit_amount",
        )
    if call.params.get("refund_amount") and refundable_charge(call, invoice) is None:
        raise Refusal("This invoice has no charge that could be refunded.", param="refund_amount")


def _book(call: Call, invoice: Invoice, amount: int, *, post: int) -> None:
    data, pre = invoice.data, amount - post
    data["post_payment_credit_notes_amount"] += post
    data["pre_payment_credit_notes_amount"] += pre
    if not pre:
        return
    data["amount_due"] -= pre
    data["amount_remaining"] -= pre
    if data["amount_remaining"]:
        resize_default_payment(call, invoice)
    else:
        cancel_payments(call, invoice, "automatic")
        settle(call, invoice)


def _onto_balance(call: Call, invoice: Invoice, note: Json) -> None:
    customer = call.store.customers.find(invoice.data["customer"])
    if customer and (credit := call.params.get("credit_amount")):
        about = {"credit_note": note["id"], "invoice": invoice.id}
        transaction = shift_balance(call, customer, -credit, "credit_note", **about)
        note["customer_balance_transaction"] = transaction["id"]


def _note(call: Call, invoice: Invoice, lines: list[Json], sums: Totals, *, post: int) -> Json:
    id_, params = new_id("cn"), call.params
    number = 1 + sum(note["invoice"] == invoice.id for note in call.store.credit_notes)
    return {
        "id": id_,
        "object": "credit_note",
        "amount": sums.total,
        "amount_shipping": 0,
        "created": call.now,
        "currency": invoice.data["currency"],
        "customer": invoice.data["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": params.get("effective_at", call.now),
        "invoice": invoice.id,
        "lines": list_object(f"/v1/credit_notes/{id_}/lines", lines, has_more=False),
        "livemode": call.settings.livemode,
        "memo": params.get("memo"),
        "metadata": merged_metadata({}, params.get("metadata", {})),
        "number": f"{invoice.data['number']}-CN-{number:02d}",
        "out_of_band_amount": params.get("out_of_band_amount"),
        "pdf": f"{call.pages}/credit_notes/{ACCOUNT}/{id_}/pdf?s=ap",
        "post_payment_amount": post,
        "pre_payment_amount": sums.total - post,
        "pretax_credit_amounts": [],
        "reason": params.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "subtotal": sums.subtotal,
        "subtotal_excluding_tax": sums.subtotal_excluding_tax,
        "total": sums.total,
        "total_excluding_tax": sums.total_excluding_tax,
        "total_taxes": [rendered_tax(tax) for tax in sums.taxes],
        "type": _kind(sums.total, post),
        "voided_at": None,
    }


def _kind(amount: int, post: int) -> str:
    if not post:
        return "pre_payment"
    return "post_payment" if post == amount else "mixed"


def _note_line(call: Call, kind: str, line: Line | None, taxed: Taxed) -> Json:
    return {
        "id": new_id("cnli"),
        "object": "credit_note_line_item",
        "amount": taxed.amount,
        "description": line.description if line else call.params.get("memo"),
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": line.id if line else None,
        "livemode": call.settings.livemode,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [call.store.tax_rates.find(rate.id) for rate in taxed.rates],
        "taxes": None,
        "type": kind,
        "unit_amount": None,
        "unit_amount_decimal": None,
    }
