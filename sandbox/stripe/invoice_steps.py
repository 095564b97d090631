"""What happens to an invoice after it was a draft: finalised, sent, paid, voided, written off."""

import secrets
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.stripe.booking import payment_came, settle, stamp, told_paid
from sandbox.stripe.call import Call
from sandbox.stripe.charges import existing_charge
from sandbox.stripe.confirming import pay_intent
from sandbox.stripe.currencies import MINIMUM_CHARGE
from sandbox.stripe.customer_balance import shift_balance
from sandbox.stripe.errors import Refusal, not_editable
from sandbox.stripe.instruments import instrument_of
from sandbox.stripe.intents import existing_intent, unexpected_state
from sandbox.stripe.invoice_view import live_values, shown
from sandbox.stripe.invoices import existing_invoice
from sandbox.stripe.letters import invoice_letter
from sandbox.stripe.payments import (
    cancel_payments,
    default_intent,
    new_payment,
    open_default_payment,
    refuse_while_processing,
)
from sandbox.stripe.records import existing_record
from sandbox.stripe.settings import ACCOUNT, ACCOUNT_TIMEZONE, NUMBER_PREFIX
from sandbox.stripe.store import Invoice, Json


def finalize(call: Call) -> Json:
    invoice = existing_invoice(call)
    if not invoice.draft:
        raise not_editable("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    _finalisable(call, invoice)
    if "auto_advance" in call.params:
        invoice.data["auto_advance"] = call.params["auto_advance"]
    _finalize(call, invoice)
    return shown(call.account, invoice)


def send(call: Call) -> Json:
    """Mail the invoice; a draft is finalised first. Every call mails again, a test account never."""
    invoice = existing_invoice(call)
    recipient = _recipient(call, invoice)
    if invoice.draft:
        _finalisable(call, invoice)
        _finalize(call, invoice)
    account = call.account
    customer = account.store.customers.find(invoice.data["customer"]) or {}
    if call.settings.mails:
        locales = customer.get("preferred_locales") or []
        account.mail(invoice_letter(invoice.data, recipient=recipient, locales=locales))
    call.event("invoice.sent", shown(account, invoice))
    return shown(account, invoice)


def pay(call: Call) -> Json:
    """Note that it was paid elsewhere, or charge a payment method; Stripe keeps none of the customers'."""
    invoice = existing_invoice(call)
    match invoice.status:
        case "paid":
            raise Refusal("Invoice is already paid")
        case "draft":
            raise Refusal("A draft invoice cannot be paid: finalize it first.")
        case "void":
            raise Refusal("A void invoice cannot be paid.")
    refuse_while_processing(call, invoice, "pay")
    if call.params.get("paid_out_of_band"):
        _paid_elsewhere(call, invoice)
        return shown(call.account, invoice)
    intent, instrument = default_intent(call, invoice), instrument_of(call.params)
    if intent is None or instrument is None:
        raise Refusal(
            "There is no `default_payment_method` set on this Customer or Invoice. Please set a default."
        )
    pay_intent(call, intent, instrument)
    return shown(call.account, invoice)


def attach_payment(call: Call) -> Json:
    """Book a payment on the invoice; it stays open until all of it has come."""
    invoice = existing_invoice(call)
    if invoice.status not in ("open", "uncollectible"):
        raise Refusal(f"Payments can only be attached to open invoices; this one is {invoice.status}.")
    if "payment_record" in call.params:
        _attach_record(call, invoice, call.params["payment_record"])
    else:
        _attach_intent(call, invoice, call.params["payment_intent"])
    return shown(call.account, invoice)


def void(call: Call) -> Json:
    invoice = existing_invoice(call)
    if invoice.status not in ("open", "uncollectible"):
        raise not_editable(f"You can only void open or uncollectible invoices; this one is {invoice.status}.")
    refuse_while_processing(call, invoice, "void")
    cancel_payments(call, invoice, "void_invoice")
    _take_back_balance(call, invoice)
    return _moved(call, invoice, status="void", stamped="voided_at", event="invoice.voided")


def mark_uncollectible(call: Call) -> Json:
    invoice = existing_invoice(call)
    if invoice.status != "open":
        raise Refusal(f"You can only mark open invoices uncollectible; this one is {invoice.status}.")
    invoice.data["status_details"] = {"uncollectible": {"reason": None}}
    return _moved(
        call,
        invoice,
        status="uncollectible",
        stamped="marked_uncollectible_at",
        event="invoice.marked_uncollectible",
    )


def _paid_elsewhere(call: Call, invoice: Invoice) -> None:
    before = shown(call.account, invoice)
    cancel_payments(call, invoice, "automatic")
    invoice.off_stripe += invoice.data["amount_remaining"]
    invoice.data["amount_paid"] += invoice.data["amount_remaining"]
    settle(call, invoice)
    told_paid(call, invoice, before)


def _attach_record(call: Call, invoice: Invoice, id_: str) -> None:
    record = existing_record(call, id_, param="payment_record", status=400)
    _attachable(call, invoice, "payment_record", id_, record["amount_requested"]["currency"])
    received = record["amount_requested"]["value"]
    payment = new_payment(call, invoice, "payment_record", id_, received, default=False)
    payment_came(call, payment, received, real=False, came_at=call.store.reported[id_])


def _attach_intent(call: Call, invoice: Invoice, id_: str) -> None:
    """Stripe docs, attach_payment: one that has succeeded is credited at once, another when it does."""
    intent = existing_intent(call, id_, param="payment_intent", status=400)
    if intent["status"] == "canceled":
        raise unexpected_state(intent, "attach")
    if intent["customer"] not in (None, invoice.data["customer"]):
        raise Refusal(
            "The PaymentIntent belongs to another customer than the invoice.", param="payment_intent"
        )
    _attachable(call, invoice, "payment_intent", id_, intent["currency"])
    payment = new_payment(call, invoice, "payment_intent", id_, intent["amount"], default=False)
    if intent["status"] == "succeeded":
        charge = existing_charge(call, intent["latest_charge"])
        payment_came(call, payment, intent["amount_received"], real=True, came_at=charge["created"])
    else:
        call.account.touched()


def _attachable(call: Call, invoice: Invoice, kind: str, id_: str, currency: str) -> None:
    noun = kind.replace("_", " ")
    if any(each["payment"].get(kind) == id_ for each in call.store.invoice_payments):
        raise Refusal(f"This {noun} is already attached to an invoice.", param=kind)
    if currency != invoice.data["currency"]:
        raise Refusal(f"The {noun} has another currency than the invoice.", param=kind)


def _finalisable(call: Call, invoice: Invoice) -> None:
    if not invoice.lines:
        raise Refusal(
            "Nothing to invoice for customer: the invoice has no lines.",
            code="invoice_no_customer_line_items",
        )
    due, late = invoice.data["due_date"], call.settings.late_finalisation
    if (
        invoice.data["collection_method"] == "send_invoice"
        and due is not None
        and due <= call.now
        and not late
    ):
        raise Refusal("The due date of this invoice has passed; it must be in the future.", param="due_date")


def _finalize(call: Call, invoice: Invoice) -> None:
    before = shown(call.account, invoice)
    data, now, token = invoice.data, call.now, secrets.token_urlsafe(24)
    data.update(live_values(call.account, invoice))
    data.update(
        status="open",
        number=data["number"] or _next_number(call, data["customer"]),
        effective_at=data["effective_at"] or now,
        hosted_invoice_url=f"{call.pages}/i/{ACCOUNT}/test_{token}?s=ap",
        invoice_pdf=f"{call.pages}/invoice/{ACCOUNT}/test_{token}/pdf?s=ap",
        automatically_finalizes_at=None,
    )
    stamp(invoice, "finalized_at", now)
    _apply_balance(call, invoice)
    if data["amount_due"] == 0:
        settle(call, invoice)
    else:
        open_default_payment(call, invoice)
    now_shown = shown(call.account, invoice)
    call.updated("invoice.updated", now_shown, before)
    call.event("invoice.finalized", now_shown)
    if invoice.status == "paid":
        call.event("invoice.paid", now_shown)


def _apply_balance(call: Call, invoice: Invoice) -> None:
    """The customer's balance settles what it can; a credit or a sum too small to charge goes onto it."""
    data, store = invoice.data, call.store
    customer = store.customers.find(data["customer"])
    balance = customer["balance"] if customer else 0
    raw = data["total"] + balance
    chargeable = raw >= MINIMUM_CHARGE.get(data["currency"], 1)
    due, ending = (raw, 0) if chargeable else (0, raw)
    data.update(starting_balance=balance, ending_balance=ending, amount_due=due, amount_remaining=due)
    if customer and ending != balance:
        small = not chargeable and (raw > 0 or data["total"] < 0)
        kind = "invoice_too_small" if small else "applied_to_invoice"
        shift_balance(call, customer, ending - balance, kind, invoice=invoice.id)


def _take_back_balance(call: Call, invoice: Invoice) -> None:
    """A void invoice uses nothing of the balance."""
    customer = call.store.customers.find(invoice.data["customer"])
    used = (invoice.data["ending_balance"] or 0) - invoice.data["starting_balance"]
    if customer and used:
        shift_balance(call, customer, -used, "unapplied_from_invoice", invoice=invoice.id)


def _next_number(call: Call, customer_id: str) -> str:
    store = call.store
    customer = store.customers.find(customer_id)
    if call.settings.numbers_per_customer and customer:
        number = customer["next_invoice_sequence"]
        customer["next_invoice_sequence"] = number + 1
        return f"{customer['invoice_prefix']}-{number:04d}"
    store.last_number += 1
    year = datetime.fromtimestamp(call.now, ZoneInfo(ACCOUNT_TIMEZONE)).year
    return f"{NUMBER_PREFIX}-{year}-{store.last_number:04d}"


def _recipient(call: Call, invoice: Invoice) -> str:
    if invoice.status == "void":
        raise Refusal("A void invoice cannot be sent.")
    if invoice.data["collection_method"] != "send_invoice":
        raise Refusal("You can only manually send an invoice if its collection method is 'send_invoice'.")
    customer = call.store.customers.find(invoice.data["customer"]) or {}
    email: str | None = invoice.data["customer_email"] or customer.get("email")
    if email is None:
        raise Refusal(
            "Missing email. In order to create invoices that are sent to the customer, the customer must "
            "have a valid email.",
            code="customer_email_missing",
        )
    return email


def _moved(call: Call, invoice: Invoice, *, status: str, stamped: str, event: str) -> Json:
    before = shown(call.account, invoice)
    invoice.data["status"] = status
    stamp(invoice, stamped, call.now)
    now_shown = shown(call.account, invoice)
    call.updated("invoice.updated", now_shown, before)
    call.event(event, now_shown)
    return now_shown
