"""Bank transfers that Stripe holds for a customer until they pay something: the customer's cash balance.

A transfer is read under its customer alone (Stripe docs: api/cash_balance_transactions), so its id here
names both. What left the balance is taken from the transfer that came first.
"""

from collections import Counter
from dataclasses import dataclass

from raccord.connectors.errors import NotFound
from raccord.connectors.http.errors import Operation
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.wire_payments import CashPage, CashTransaction

CASH = "Customers: Read"
_BETWEEN = ":"


def transfer_id(customer_id: str, transaction_id: str) -> str:
    return f"{customer_id}{_BETWEEN}{transaction_id}"


def is_transfer(payment_id: str) -> bool:
    return _BETWEEN in payment_id


@dataclass(frozen=True)
class Transfer:
    """A transfer with what is left of it, in minor units, and the payments that took from it."""

    found: CashTransaction
    left: int
    intents: tuple[str, ...]


class Transfers:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def read(self, payment_id: str) -> Transfer:
        """Read a transfer by the id that `transfer_id` gave it. Raises `NotFound`."""
        customer, _, transaction = payment_id.partition(_BETWEEN)
        operation = Operation(f"list the transfers of customer {customer}", CASH)
        pages = self._api.pages(operation, ("customers", customer, "cash_balance_transactions"), CashPage)
        # The newest come first: what is older than the transfer says nothing about it.
        since: list[CashTransaction] = []
        async for each in pages:
            since.append(each)
            if each.id == transaction:
                return _of(each, [other for other in reversed(since) if other.currency == each.currency])
        raise NotFound(f"Stripe's customer {customer} has no transfer {transaction} (any more).")


def _of(found: CashTransaction, since: list[CashTransaction]) -> Transfer:
    """Follow the money from the transfer on. `since` begins with it, the oldest first."""
    older, left, returned = max(found.ending_balance - found.net_amount, 0), found.net_amount, 0
    taken: Counter[str] = Counter()
    for each in since[1:]:
        applied, unapplied = each.applied_to_payment, each.unapplied_from_payment
        if each.net_amount < 0:
            from_older = min(older, -each.net_amount)
            from_this = min(left, -each.net_amount - from_older)
            older, left = older - from_older, left - from_this
            if applied:
                taken[applied.payment_intent] += from_this
            else:
                returned += from_this
        elif unapplied:
            back = min(taken[unapplied.payment_intent], each.net_amount)
            taken[unapplied.payment_intent] -= back
            left += back
        elif each.type == "return_canceled":
            back = min(returned, each.net_amount)
            returned, left = returned - back, left + back
    return Transfer(found, left, tuple(intent for intent, amount in taken.items() if amount))
