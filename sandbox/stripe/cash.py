"""Transfers to a customer's own bank account at Stripe, and the cash balance they fill.

Stripe docs, "Customer balance" and "Reconciliation": money that lands is applied to what the customer is to
pay by transfer, first to the payment its reference or its exact sum tells, then to the oldest; what is left
stays in the cash balance until somebody applies it by hand.
"""

from sandbox.stripe import customers
from sandbox.stripe.account import Account
from sandbox.stripe.call import Call
from sandbox.stripe.cash_moves import move_cash
from sandbox.stripe.charges import new_charge
from sandbox.stripe.collecting import succeeded
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.instruments import Instrument
from sandbox.stripe.intents import UNPAID
from sandbox.stripe.pages import page
from sandbox.stripe.store import Json

_MEANS = "customer_balance"


def retrieve(call: Call) -> Json:
    return cash_balance(call.account, customers.existing(call.store, call.id)["id"])


def cash_balance(account: Account, customer: str) -> Json:
    """The cash balance of a customer, in minor units by currency."""
    held = {currency: sum_ for (owner, currency), sum_ in account.store.cash.items() if owner == customer}
    reconciled = account.settings.transfers_reconciled
    return {
        "object": "cash_balance",
        "available": held or None,
        "customer": customer,
        "customer_account": None,
        "livemode": account.settings.livemode,
        "settings": {
            "reconciliation_mode": "automatic" if reconciled else "manual",
            "using_merchant_default": True,
        },
    }


def list_(call: Call) -> Json:
    customer = customers.existing(call.store, call.id)["id"]
    return page(
        call,
        "customer cash balance transaction",
        call.store.cash_transactions,
        lambda each: each["customer"] == customer,
    )


def retrieve_transaction(call: Call) -> Json:
    transaction = call.store.cash_transactions.find(call.ids["transaction"])
    if transaction is None or transaction["customer"] != customers.existing(call.store, call.id)["id"]:
        raise missing_object("customer cash balance transaction", call.ids["transaction"])
    return transaction


def fund(call: Call) -> Json:
    """A transfer lands (Stripe docs: the test helper `fund_cash_balance`)."""
    customer, params = customers.existing(call.store, call.id), call.params
    transfer = {
        "eu_bank_transfer": {
            "bic": "BANKFRPPXXX",
            "iban_last4": "7089",
            "sender_name": customer["business_name"] or customer["name"],
        },
        "reference": params.get("reference"),
        "type": "eu_bank_transfer",
    }
    owner = customer["id"], params["currency"]
    landed = move_cash(call, owner, params["amount"], "funded", {"bank_transfer": transfer})
    call.event("cash_balance.funds_available", retrieve(call))
    if call.settings.transfers_reconciled:
        _reconcile(call, owner, params.get("reference") or "")
    return landed


def apply_cash(call: Call, intent: Json, amount: int | None) -> None:
    """Use the customer's cash for a payment: so many minor units, else what there is and it needs."""
    owner = intent["customer"], intent["currency"]
    held = call.store.cash.get(owner, 0)
    missing = intent["amount"] - call.store.funded.get(intent["id"], 0)
    used = min(held, missing) if amount is None else amount
    if used > held:
        raise Refusal(f"The customer's cash balance holds {held}, less than the amount.", param="amount")
    if used > missing:
        raise Refusal(f"The PaymentIntent needs {missing}, less than the amount.", param="amount")
    if used:
        call.store.funded[intent["id"]] = call.store.funded.get(intent["id"], 0) + used
        move_cash(call, owner, -used, "applied_to_payment", {"payment_intent": intent["id"]})
    if used == missing:
        charge = new_charge(call, intent, Instrument(_MEANS))
        succeeded(call, intent, charge)
        return
    _await_more(call, intent, missing - used)
    call.event("payment_intent.partially_funded" if used else "payment_intent.requires_action", intent)


def _await_more(call: Call, intent: Json, missing: int) -> None:
    intent.update(
        next_action={
            "display_bank_transfer_instructions": {
                "amount_remaining": missing,
                "currency": intent["currency"],
                "financial_addresses": [],
                "hosted_instructions_url": f"{call.pages}/bank_transfers/{intent['id']}",
                "reference": intent["id"][-12:].upper(),
                "type": "eu_bank_transfer",
            },
            "type": "display_bank_transfer_instructions",
        },
        status="requires_action",
    )


def _reconcile(call: Call, owner: tuple[str, str], reference: str) -> None:
    waiting = [
        each
        for each in call.store.payment_intents
        if (each["customer"], each["currency"]) == owner
        and each["status"] in UNPAID
        and _MEANS in each["payment_method_types"]
        and _asked_by_transfer(call, each)
    ]
    held = call.store.cash[owner]
    waiting.sort(key=lambda each: (not _named(call, each, reference), each["amount"] != held))
    for intent in waiting:
        if call.store.cash[owner]:
            apply_cash(call, intent, None)


def _asked_by_transfer(call: Call, intent: Json) -> bool:
    """Whether the customer was told to pay it by transfer: an invoice says so, or a page that shows how."""
    if intent["next_action"]:
        return True
    invoice = _invoice_of(call, intent)
    return bool(invoice) and _MEANS in (invoice["payment_settings"]["payment_method_types"] or ())


def _named(call: Call, intent: Json, reference: str) -> bool:
    number: str | None = _invoice_of(call, intent).get("number")
    return number is not None and number in reference


def _invoice_of(call: Call, intent: Json) -> Json:
    for each in call.store.invoice_payments:
        if each["payment"].get("payment_intent") == intent["id"]:
            invoice = call.store.invoices.find(each["invoice"])
            return invoice.data if invoice else {}
    return {}
