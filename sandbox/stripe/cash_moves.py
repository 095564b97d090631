"""What moved the cash that customers' transfers brought (Stripe docs: api/cash_balance_transactions)."""

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.store import Json


def move_cash(call: Call, owner: tuple[str, str], amount: int, kind: str, about: Json) -> Json:
    """Book an amount in minor units, negative when it is used, of a customer and currency; `about` is what
    its kind tells of it.
    """
    ending = call.store.cash.get(owner, 0) + amount
    call.store.cash[owner] = ending
    customer, currency = owner
    transaction: Json = {
        "id": new_id("ccsbtxn"),
        "object": "customer_cash_balance_transaction",
        kind: about,
        "created": call.now,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "ending_balance": ending,
        "livemode": call.settings.livemode,
        "net_amount": amount,
        "type": kind,
    }
    call.store.cash_transactions.add(transaction["id"], transaction)
    call.event("customer_cash_balance_transaction.created", transaction)
    return transaction


def give_back(call: Call, intent: Json) -> None:
    """What a payment had of its transfers is the customer's again."""
    if funded := call.store.funded.pop(intent["id"], 0):
        about = {"payment_intent": intent["id"]}
        move_cash(call, (intent["customer"], intent["currency"]), funded, "unapplied_from_payment", about)
