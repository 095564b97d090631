"""What every charge, refund and dispute moved in the account (Stripe docs: api/balance_transactions)."""

from collections import defaultdict

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.errors import missing_object
from sandbox.stripe.pages import in_range, page
from sandbox.stripe.settings import ACCOUNT_CURRENCY
from sandbox.stripe.store import Json

_DAY = 86_400
# Stripe docs, "Payouts": in France card payments are available after three business days; in days here.
_AVAILABLE_AFTER = 3 * _DAY


def moved(call: Call, kind: str, source: Json, amount: int, *, fee: int = 0, category: str = "") -> Json:
    """Book an amount in minor units, negative when money left; `fee` is what Stripe keeps of it."""
    fees = [{"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}]
    transaction = {
        "id": new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": call.now + _AVAILABLE_AFTER,
        "balance_type": "payments",
        "created": call.now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{**each, "description": "Stripe processing fees"} for each in fees] if fee else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }
    call.store.balance_transactions.add(transaction["id"], transaction)
    return transaction


def list_(call: Call) -> Json:
    params = call.params
    return page(
        call,
        "balance transaction",
        call.store.balance_transactions,
        lambda each: (
            all(each[name] == params[name] for name in ("currency", "source", "type") if name in params)
            and in_range(each["created"], params.get("created"))
        ),
        lambda each: _now(call, each),
    )


def retrieve(call: Call) -> Json:
    transaction = call.store.balance_transactions.find(call.id)
    if transaction is None:
        raise missing_object("balance transaction", call.id)
    return _now(call, transaction)


def retrieve_balance(call: Call) -> Json:
    """The sums by currency; the account's own currency is always among them."""
    sums: dict[str, dict[str, int]] = {name: defaultdict(int) for name in ("available", "pending")}
    for sum_ in sums.values():
        sum_[ACCOUNT_CURRENCY] = 0
    for each in call.store.balance_transactions:
        sums[_now(call, each)["status"]][each["currency"]] += each["net"]
    rows = {
        name: [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}}
            for currency, amount in sum_.items()
        ]
        for name, sum_ in sums.items()
    }
    return {
        "object": "balance",
        **rows,
        "livemode": call.settings.livemode,
        "refund_and_dispute_prefunding": None,
    }


def _now(call: Call, transaction: Json) -> Json:
    available = transaction["available_on"] <= call.now
    return {**transaction, "status": "available" if available else "pending"}
