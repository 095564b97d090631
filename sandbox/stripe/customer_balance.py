"""The credit balance of a customer: what the next invoices take into account.

Stripe docs, api/customer_balance_transactions: a negative amount is a credit for the customer.
"""

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.store import Json


def shift_balance(call: Call, customer: Json, amount: int, kind: str, **about: str | Json | None) -> Json:
    """Book an amount in minor units on the balance; `about` names the invoice or credit note it is for."""
    ending = customer["balance"] + amount
    call.change("customer.updated", customer, balance=ending)
    return note_shift(call, customer, amount, kind, **about)


def note_shift(call: Call, customer: Json, amount: int, kind: str, **about: str | Json | None) -> Json:
    """The transaction of an amount that is in the balance already."""
    transaction = {
        "id": new_id("cbtxn"),
        "object": "customer_balance_transaction",
        "amount": amount,
        "checkout_session": None,
        "created": call.now,
        "credit_note": None,
        "currency": customer["currency"],
        "customer": customer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": customer["balance"],
        "invoice": None,
        "livemode": call.settings.livemode,
        "metadata": {},
        "type": kind,
        **about,
    }
    call.store.customer_balance_transactions.add(transaction["id"], transaction)
    return transaction


def create(call: Call) -> Json:
    customer, currency = _customer(call), call.params["currency"]
    if customer["currency"] not in (None, currency):
        raise Refusal(
            f"The currency {currency} is not that of the customer, {customer['currency']}.", param="currency"
        )
    customer["currency"] = currency
    return shift_balance(
        call,
        customer,
        call.params["amount"],
        "adjustment",
        description=call.params.get("description"),
        metadata=call.params.get("metadata") or {},
    )


def list_(call: Call) -> Json:
    customer, params = _customer(call)["id"], call.params
    return page(
        call,
        "customer balance transaction",
        call.store.customer_balance_transactions,
        lambda each: (
            each["customer"] == customer
            and each["invoice"] == params.get("invoice", each["invoice"])
            and in_range(each["created"], params.get("created"))
        ),
    )


def retrieve(call: Call) -> Json:
    transaction = call.store.customer_balance_transactions.find(call.ids["transaction"])
    if transaction is None or transaction["customer"] != _customer(call)["id"]:
        raise missing_object("customer balance transaction", call.ids["transaction"])
    return transaction


def _customer(call: Call) -> Json:
    customer = call.store.customers.find(call.id)
    if customer is None:
        raise missing_object("customer", call.id)
    return customer
