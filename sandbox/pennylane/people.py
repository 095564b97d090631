"""What people do in Pennylane's own pages, or a bank does, and no endpoint of the API offers.

Paths under `/people`: only requests with the header `X-Sandbox-Actor` reach them.
"""

from dataclasses import replace
from decimal import Decimal

from sandbox.pennylane import codes, invoices, matching, shapes, view, view_money, webhooks, writing
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, unprocessable
from sandbox.pennylane.money import Discount, amount_of
from sandbox.pennylane.records import Invoice, Part, Payment, Transaction


def receive(call: Call) -> Json:
    """Money lands on the bank account; invoices that wait for such a label are matched by themselves."""
    given = call.given
    row = Transaction(
        id=call.company.new_id(),
        date=given.get("date", call.today),
        amount=_amount(given),
        currency=given.get("currency", "EUR"),
        label=given["label"],
        customer=given.get("customer_id"),
        **call.company.stamps(call.now),
    )
    call.company.transactions[row.id] = row
    call.company.changed(row, "insert", call.now)
    matching.match_new_transaction(call, row)
    if invoice := given.get("invoice_id"):
        _by_hand(call, row, invoice)
    return view_money.transaction(call, row)


def _by_hand(call: Call, row: Transaction, invoice: int) -> None:
    """Somebody sees at once which invoice it is for."""
    if invoice not in row.used:
        matching.match(replace(call, ids=(invoice,), given={"transaction_id": row.id}))


def credit(call: Call) -> Json:
    """A credit note over all of an invoice, linked to it."""
    row = _final(call)
    lines = [
        {
            **{name: each.values[name] for name in ("label", "unit", "description")},
            "quantity": -each.priced.quantity,
            "raw_currency_unit_price": str(each.priced.price),
            "vat_rate": each.priced.vat_rate,
            "discount": _opposite(each.priced.discount),
        }
        for each in row.lines
    ]
    given = {
        "customer_id": row.customer,
        "date": max(call.today, call.company.last_date or call.today),
        "deadline": call.today,
        "currency": row.currency,
        "discount": _opposite(row.discount),
        "invoice_lines": lines,
    }
    note = writing.create(replace(call, given=given))
    return invoices.link_credit_note(replace(call, given={"credit_note_id": note["id"]}))


def collect(call: Call) -> Json:
    """Pennylane collects by itself, by direct debit or card."""
    row = _final(call)
    payment = Payment(
        id=call.company.new_id(),
        amount=_amount(call.given),
        status=call.given["status"],
        label=f"Prélèvement {row.number}",
        **call.company.stamps(call.now),
    )
    row.payments.append(payment)
    call.company.changed(row, "update", call.now)
    return view_money.payment(call, payment, row.currency)


def settle(call: Call) -> Json:
    """What became of a payment: it arrives, fails, is charged back, is refunded."""
    row = _final(call)
    payment = next((each for each in row.payments if each.id == call.ids[1]), None)
    if payment is None:
        raise unprocessable("Payment not found")
    payment.status, payment.updated = call.given["status"], call.now
    call.company.changed(row, "update", call.now)
    return view_money.payment(call, payment, row.currency)


def reopen(call: Call) -> Json:
    """Somebody takes back that it was paid by hand."""
    row = _final(call)
    row.settled_by_hand = False
    call.company.changed(row, "update", call.now)
    return view.invoice(call, row)


def archive(call: Call) -> Json:
    row = _final(call)
    row.archived = call.now if call.given["archived"] else None
    call.company.changed(row, "update", call.now)
    return view.invoice(call, row)


def postpone(call: Call) -> Json:
    """A day that passed is played by another deadline; the sandbox's own, no page of Pennylane offers it."""
    row = _final(call)
    row.deadline = call.given["deadline"]
    call.company.changed(row, "update", call.now)
    return view.invoice(call, row)


def platform(call: Call) -> Json:
    """The approved platform, or the customer through it, says something of an e-invoice: a dispute too."""
    row, before = _final(call), None
    if row.e_invoicing:
        before = {"status": row.e_invoicing["status"]}
    row.e_invoicing = {"status": call.given["status"], "reason": call.given.get("reason")}
    call.company.changed(row, "update", call.now)
    data = {
        "object": {"id": row.id, "e_invoicing": row.e_invoicing},
        "previous_attributes": {"e_invoicing": before},
    }
    webhooks.send(call.company, webhooks.E_INVOICING, data)
    return view.invoice(call, row)


def add_contact(call: Call) -> Json:
    row = call.company.customer(call.id)
    blank = dict.fromkeys(_CONTACT, "")
    contact = Part(id=call.company.new_id(), values=blank | call.given, **call.company.stamps(call.now))
    row.contacts.append(contact)
    call.company.changed(row, "update", call.now)
    return view.contact(call, contact)


def delete_customer(call: Call) -> None:
    """Of one that has no invoice."""
    row = call.company.customer(call.id)
    if any(each.customer == row.id for each in call.company.invoices.values()):
        raise unprocessable("A customer with invoices cannot be deleted")
    del call.company.customers[row.id]
    call.company.changed(row, "delete", call.now)


def _final(call: Call) -> Invoice:
    row = call.company.invoice(call.id)
    if row.draft:
        raise unprocessable("A draft cannot be paid, archived or disputed")
    return row


def _opposite(discount: Discount) -> Json:
    value = discount.value if discount.relative else -discount.value
    return {"type": "relative" if discount.relative else "absolute", "value": str(value)}


def _amount(given: Json) -> Decimal:
    return amount_of(given["amount"], "amount", places=2)


_CONTACT = ("first_name", "last_name", "role", "email", "telephone_number", "mobile_number")
_text = shapes.text()
_MONEY = {
    "amount": _text,
    "label": _text,
    "date": shapes.day(),
    "currency": shapes.one_of(codes.CURRENCIES),
    "customer_id": shapes.integer(),
    "invoice_id": shapes.integer(),
}
_STATUS = shapes.one_of(codes.PAYMENTS)
_PLATFORM = {"status": shapes.one_of(codes.E_INVOICING), "reason": shapes.nullable(_text)}


def _body(required: tuple[str, ...], **fields: shapes.Shape) -> shapes.Shape:
    return shapes.record(fields, required=required)


_ONE = "/people/invoices/{id}"
OPERATIONS = (
    Operation("POST", "/people/transactions", receive, body=_body(("amount", "label"), **_MONEY)),
    Operation(
        "POST", _ONE + "/payments", collect, body=_body(("amount", "status"), amount=_text, status=_STATUS)
    ),
    Operation("PUT", _ONE + "/payments/{id}", settle, body=_body(("status",), status=_STATUS)),
    Operation("POST", _ONE + "/reopen", reopen),
    Operation("POST", _ONE + "/credit", credit),
    Operation("PUT", _ONE + "/archive", archive, body=_body(("archived",), archived=shapes.flag())),
    Operation("PUT", _ONE + "/deadline", postpone, body=_body(("deadline",), deadline=shapes.day())),
    Operation("PUT", _ONE + "/e_invoicing", platform, body=_body(("status",), **_PLATFORM)),
    Operation(
        "POST",
        "/people/customers/{id}/contacts",
        add_contact,
        body=_body((), **dict.fromkeys(_CONTACT, _text)),
    ),
    Operation("DELETE", "/people/customers/{id}", delete_customer, status=204),
)
