"""Whatever people, banks and finance do with money, the simulated account's books add up."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from sandbox.stripe.person import StripePerson
from tests.sandbox.stripe_bench import Bench, line
from tests.sandbox.test_stripe_invoices import TRANSFER

_STEPS = 40
Deed = Callable[[StripePerson, str, int], Awaitable[Any]]
DEEDS: dict[str, Deed] = {
    "card": lambda finance, invoice, _: finance.pay_by_card(invoice),
    "part by card": lambda finance, invoice, amount: finance.pay_by_card(invoice, amount),
    "part by debit": lambda finance, invoice, amount: finance.pay_by_debit(invoice, amount),
    "record": lambda finance, invoice, amount: finance.pay_part(invoice, amount),
    "transfer": lambda finance, invoice, amount: finance.pay_by_transfer(invoice, amount),
    "elsewhere": lambda finance, invoice, _: finance.pay(invoice),
    "declined": lambda finance, invoice, _: finance.fail_payment(invoice),
    "debit works": lambda finance, invoice, _: finance.settle_debit(invoice),
    "debit fails": lambda finance, invoice, _: finance.settle_debit(invoice, failed="insufficient_funds"),
    "refund": lambda finance, invoice, amount: finance.refund(invoice, amount),
    "dispute": lambda finance, invoice, amount: finance.dispute(invoice, amount),
    "credit": lambda finance, invoice, amount: finance.credit(invoice, amount, back="credit"),
    "credit and refund": lambda finance, invoice, amount: finance.credit(invoice, amount, back="refund"),
    "give up": lambda finance, invoice, _: finance.mark_uncollectible(invoice),
    "void": lambda finance, invoice, _: finance.void(invoice),
}


async def fail_a_refund(finance: StripePerson) -> None:
    for refund in await finance.everything("/v1/refunds"):
        if refund["status"] == "succeeded":
            await finance.fail_refund(refund["id"])
            return


def unbalanced(state: dict[str, Any]) -> list[str]:
    """What does not add up, in words."""
    paid: Counter[str] = Counter()
    for payment in state["invoice_payments"]:
        paid[payment["invoice"]] += payment["amount_paid"] or 0
    refunded: Counter[str] = Counter()
    for refund in state["refunds"]:
        refunded[refund["charge"]] += refund["amount"] if refund["status"] != "failed" else 0
    credited: Counter[str] = Counter()
    for move in state["customer_balance_transactions"]:
        credited[move["customer"]] += move["amount"]
    cash: Counter[str] = Counter()
    for move in state["cash_transactions"]:
        cash[move["customer"]] += move["net_amount"]
    wrong = [
        f"{i['id']} owes {i['amount_remaining']} of {i['amount_due']}, paid {i['amount_paid']}"
        for i in state["invoices"]
        if i["amount_due"] != i["amount_paid"] - i["amount_overpaid"] + i["amount_remaining"]
        or i["amount_remaining"] < 0
        or (i["status"] == "paid") != (i["amount_remaining"] == 0)
        or i["amount_paid"] < paid[i["id"]]
    ]
    wrong += [
        f"{charge['id']} refunded {charge['amount_refunded']}"
        for charge in state["charges"]
        if charge["amount_refunded"] != refunded[charge["id"]]
        or not 0 <= charge["amount_refunded"] <= charge["amount"]
    ]
    wrong += [
        f"{customer['id']} has a balance of {customer['balance']}"
        for customer in state["customers"]
        if customer["balance"] != credited[customer["id"]]
    ]
    wrong += [f"{customer} has {held} in cash" for customer, held in cash.items() if held < 0]
    open_ = {
        p["payment"].get("payment_intent"): p for p in state["invoice_payments"] if p["status"] == "open"
    }
    wrong += [
        f"{intent['id']} is {intent['status']} for an open payment"
        for intent in state["payment_intents"]
        if intent["id"] in open_ and intent["status"] in ("succeeded", "canceled")
    ]
    return wrong


@pytest.mark.parametrize("seed", range(2))
async def test_the_books_add_up_after_every_deed(bench: Bench, seed: int) -> None:
    chance, finance = random.Random(seed), StripePerson(bench.control)  # noqa: S311 - a seed, to play it again
    customers = [(await bench.customer(balance=balance)).id for balance in (0, -7000)]
    done: Counter[str] = Counter()
    invoices: list[str] = []
    for _ in range(_STEPS):
        if len(invoices) < 3 or chance.random() < 0.35:
            settings = {"payment_settings": TRANSFER} if chance.random() < 0.5 else {}
            customer = chance.choice(customers)
            unit = str(chance.choice((5000, 12000, 130539)))
            invoices.append((await bench.issued(line(unit=unit), customer=customer, **settings)).id)
        deed, amount = chance.choice([*DEEDS]), chance.choice((100, 2500, 5000, 12000))
        try:
            await DEEDS[deed](finance, chance.choice(invoices[-3:]), amount)
            done[deed] += 1
        except (LookupError, ValueError):
            """There was nothing to give back, or nothing is asked for."""
        except httpx.HTTPStatusError as refusal:
            if refusal.response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise
        if chance.random() < 0.1:
            await fail_a_refund(finance)
        assert unbalanced(await bench.state()) == [], done
    assert sum(done.values()) > _STEPS / 4
