"""Bank transfers that Stripe holds for a customer until they pay something: the customer's cash balance.

A transfer is read under its customer alone (Stripe docs: api/cash_balance_transactions), so its id here
names both. What left the balance is taken from the transfer that came first.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

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


@dataclass
class Transfer:
    """A transfer with what is left of it, in minor units, and what payments took of it."""

    found: CashTransaction
    left: int
    taken: Counter[str] = field(default_factory=Counter)
    """By the id of the payment intent; what went back to the sender stands under none."""

    @property
    def intents(self) -> tuple[str, ...]:
        return tuple(intent for intent, amount in self.taken.items() if intent and amount)


class Transfers:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    async def read(self, payment_id: str) -> Transfer:
        """Read a transfer by the id that `transfer_id` gave it. Raises `NotFound`."""
        customer, _, transaction = payment_id.partition(_BETWEEN)
        for each in await self._followed(customer, lambda each: each.id == transaction):
            if each.found.id == transaction:
                return each
        raise NotFound(f"Stripe's customer {customer} has no transfer {transaction} (any more).")

    async def received_at(self, customer_id: str, intent_id: str) -> int | None:
        """Return when the last of the money came that a payment took from the balance; None if not told."""
        transfers = await self._followed(customer_id, lambda each: _applied(each) == intent_id)
        return max((each.found.created for each in transfers if intent_id in each.intents), default=None)

    async def _followed(
        self, customer_id: str, wanted: Callable[[CashTransaction], bool]
    ) -> tuple[Transfer, ...]:
        """Follow the money since the balance was last empty before what is wanted; none without that."""
        operation = Operation(f"list the transfers of customer {customer_id}", CASH)
        to = ("customers", customer_id, "cash_balance_transactions")
        seen: list[CashTransaction] = []
        hit: CashTransaction | None = None
        async for each in self._api.pages(operation, to, CashPage):
            seen.append(each)
            hit = hit or (each if wanted(each) else None)
            if hit and each.currency == hit.currency and each.ending_balance == each.net_amount:
                break
        return _ledger([each for each in reversed(seen) if hit and each.currency == hit.currency])


def _ledger(moves: list[CashTransaction]) -> tuple[Transfer, ...]:
    """Take what left from what came first. `moves` begins with an empty balance, the oldest first."""
    transfers: list[Transfer] = []
    for each in moves:
        intent = _applied(each)
        if each.type == "funded":
            transfers.append(Transfer(each, each.net_amount))
        elif each.net_amount < 0:
            _take(transfers, intent or "", -each.net_amount)
        elif unapplied := each.unapplied_from_payment:
            _take(transfers, unapplied.payment_intent, -each.net_amount)
        else:
            _take(transfers, "", -each.net_amount)
    return tuple(transfers)


def _take(transfers: list[Transfer], intent: str, amount: int) -> None:
    """Take an amount for a payment from the oldest that has some, or give back below zero."""
    for each in transfers:
        part = min(each.left, amount) if amount > 0 else max(-each.taken[intent], amount)
        each.left -= part
        each.taken[intent] += part
        amount -= part


def _applied(move: CashTransaction) -> str | None:
    return move.applied_to_payment.payment_intent if move.applied_to_payment else None
