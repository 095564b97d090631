"""Payments in the simulated Stripe, as people cause them, and what the connector makes of each."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.errors import Permanent
from raccord.connectors.webhooks import Hint, HintKind
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.payment import InvoiceMoney, PaymentMeans
from raccord.vendors.stripe.connector import StripeBilling
from raccord.vendors.stripe.happened import TYPES
from raccord.vendors.stripe.webhook import webhooks
from sandbox.stripe.person import StripePerson
from tests.patience import patience
from tests.sandbox.stripe_bench import KEY, SECRET, Bench, line, stripe_bench
from tests.vendors.stripe.samples import settings

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
NOTHING, WHOLE = "0.00 EUR", "120.00 EUR"


@dataclass
class Account:
    """One simulated account: the connector that reads it, and a person who works in it."""

    bench: Bench
    billing: StripeBilling
    person: StripePerson
    began: int
    """How many events there were."""

    async def hints(self) -> list[Hint]:
        """Return what every event of this test tells; all of them can be read."""
        source = webhooks(settings(webhook_secret=SECRET, api_key=KEY))
        happened = (await self.bench.state())["events"][self.began :]
        found = [source.parse(json.dumps(each).encode()) for each in happened]
        assert [each.unreadable for each in found if each.unreadable] == []
        return [hint for each in found for hint in each.hints]


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Bench]:
    async with stripe_bench() as bench:
        yield bench


@pytest.fixture
async def account(served: Bench) -> AsyncIterator[Account]:
    known = settings(f"{served.base}/stripe", api_key=KEY, timeout=patience(5), requests_per_second=1000)
    billing = StripeBilling("stripe", known, BusinessClock())
    began = len((await served.state())["events"])
    yield Account(served, billing, StripePerson(served.control), began)
    await billing.close()


def summed(money: InvoiceMoney) -> tuple[str, str, str]:
    return str(money.paid), str(money.due), str(money.overpaid)


Act = Callable[[StripePerson, str], Awaitable[object]]


async def _refund_that_fails(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    made = await person.refund(invoice, 3000)
    await person.fail_refund(made["id"])


async def _disputed(person: StripePerson, invoice: str, *, inquiry: bool = False) -> str:
    await person.pay_by_card(invoice)
    made = await person.dispute(invoice, inquiry=inquiry)
    return str(made["id"])


async def _won(person: StripePerson, invoice: str) -> None:
    await person.win_dispute(await _disputed(person, invoice))


async def _lost(person: StripePerson, invoice: str) -> None:
    await person.lose_dispute(await _disputed(person, invoice))


async def _inquired(person: StripePerson, invoice: str) -> None:
    await _disputed(person, invoice, inquiry=True)


async def _let_go(person: StripePerson, invoice: str) -> None:
    await person.close_inquiry(await _disputed(person, invoice, inquiry=True))


async def _one_after_the_other(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4000)
    await person.pay_part(invoice, 2000, at=LATER)


async def _rest_elsewhere(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4000)
    await person.pay(invoice, at=LATER)


async def _refunded_twice(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.refund(invoice, 3000)
    await person.refund(invoice)


async def _credited_rest(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4000)
    await person.credit(invoice, 8000)


async def _paid_after_all(person: StripePerson, invoice: str) -> None:
    await person.mark_uncollectible(invoice)
    await person.pay_by_card(invoice)


async def _debit(person: StripePerson, invoice: str, failed: str = "") -> None:
    made = await person.pay_by_debit(invoice)
    await person.settle_debit(made["id"], failed=failed)


async def _again(person: StripePerson, invoice: str) -> None:
    await person.fail_payment(invoice)
    await person.pay_by_card(invoice)


# What a person does, what the invoice comes to, and its payments: amount, means, refunded, disputes.
CARD = (WHOLE, "card", NOTHING, ())
DONE: dict[str, tuple[Act, tuple[str, str, str], list[Any]]] = {
    "nothing": (lambda _, __: _nothing(), (NOTHING, WHOLE, NOTHING), []),
    "card": (lambda p, i: p.pay_by_card(i), (WHOLE, NOTHING, NOTHING), [CARD]),
    "transfer": (
        lambda p, i: p.pay_by_transfer(i),
        (WHOLE, NOTHING, NOTHING),
        [(WHOLE, "bank_transfer", NOTHING, ())],
    ),
    "elsewhere": (
        lambda p, i: p.pay(i),
        (WHOLE, NOTHING, NOTHING),
        [(WHOLE, "outside", NOTHING, ())],
    ),
    "debit": (_debit, (WHOLE, NOTHING, NOTHING), [(WHOLE, "sepa_debit", NOTHING, ())]),
    "a second attempt": (_again, (WHOLE, NOTHING, NOTHING), [CARD]),
    "in parts": (
        _one_after_the_other,
        ("60.00 EUR", "60.00 EUR", NOTHING),
        [("40.00 EUR", "card", NOTHING, ()), ("20.00 EUR", "outside", NOTHING, ())],
    ),
    "the rest elsewhere": (
        _rest_elsewhere,
        (WHOLE, NOTHING, NOTHING),
        [("40.00 EUR", "card", NOTHING, ()), ("80.00 EUR", "outside", NOTHING, ())],
    ),
    "refunded twice": (_refunded_twice, (WHOLE, NOTHING, NOTHING), [(WHOLE, "card", WHOLE, ())]),
    "a refund that failed": (_refund_that_fails, (WHOLE, NOTHING, NOTHING), [CARD]),
    "disputed": (_disputed, (WHOLE, NOTHING, NOTHING), [(WHOLE, "card", NOTHING, ("open",))]),
    "a dispute that was won": (_won, (WHOLE, NOTHING, NOTHING), [(WHOLE, "card", NOTHING, ("won",))]),
    "a dispute that was lost": (_lost, (WHOLE, NOTHING, NOTHING), [(WHOLE, "card", NOTHING, ("lost",))]),
    "an inquiry": (_inquired, (WHOLE, NOTHING, NOTHING), [(WHOLE, "card", NOTHING, ("open",))]),
    "an inquiry that was let go": (_let_go, (WHOLE, NOTHING, NOTHING), [CARD]),
    "credited before": (
        lambda p, i: p.credit(i, 3000),
        (NOTHING, "90.00 EUR", NOTHING),
        [],
    ),
    "the rest credited": (
        _credited_rest,
        ("40.00 EUR", NOTHING, NOTHING),
        [("40.00 EUR", "card", NOTHING, ())],
    ),
    "given up": (lambda p, i: p.mark_uncollectible(i), (NOTHING, WHOLE, NOTHING), []),
    "paid after all": (_paid_after_all, (WHOLE, NOTHING, NOTHING), [CARD]),
    "void": (lambda p, i: p.void(i), (NOTHING, NOTHING, NOTHING), []),
}


async def _nothing() -> None:
    """Nobody does anything."""


@pytest.mark.parametrize("case", DONE)
async def test_what_people_do_is_read_as_it_is(account: Account, case: str) -> None:
    act, comes_to, payments = DONE[case]
    invoice = await account.bench.issued()
    await act(account.person, invoice.id)
    money = await account.billing.read_money(invoice.id)
    assert summed(money) == comes_to
    shown = [
        (str(each.amount), each.means.value, str(each.refunded), tuple(d.state.value for d in each.disputes))
        for each in money.payments
    ]
    assert shown == payments
    assert (money.paid_at is not None) is (comes_to[0] != NOTHING and comes_to[1] == NOTHING)
    hints = await account.hints()
    assert HintKind.INVOICE in {hint.kind for hint in hints if hint.id == invoice.id}


async def test_a_debit_is_under_way_then_refused(account: Account) -> None:
    invoice = await account.bench.issued()
    made = await account.person.pay_by_debit(invoice.id)
    money = await account.billing.read_money(invoice.id)
    assert (money.processing, money.failed, str(money.due)) == (True, False, WHOLE)
    assert not (await account.billing.read_payment(made["id"])).settled
    await account.person.settle_debit(made["id"], failed="insufficient_funds")
    money = await account.billing.read_money(invoice.id)
    assert (money.processing, money.failed) == (False, True)


async def test_a_balance_pays_on_the_day_of_issue_and_no_money_comes(account: Account) -> None:
    customer = await account.bench.customer()
    await account.person.give_balance(customer.id, 500_000)
    invoice = await account.bench.issued(line("130539"), customer=customer.id)
    money = await account.billing.read_money(invoice.id)
    (payment,) = money.payments
    assert (payment.id, payment.means) == (f"{invoice.id}/balance", PaymentMeans.CREDIT_BALANCE)
    assert summed(money) == ("1305.39 EUR", NOTHING, NOTHING)
    assert money.paid_at == payment.paid_at
    assert money.invoice.state is InvoiceState.PAID


async def test_the_date_is_the_payments_own(account: Account) -> None:
    invoice = await account.bench.issued()
    await account.person.pay(invoice.id, at=LATER)
    assert (await account.billing.read_money(invoice.id)).paid_at == LATER


async def test_a_transfer_waits_until_it_is_applied_and_keeps_its_day(account: Account) -> None:
    customer = await account.bench.customer()
    await account.person.receive_transfer(customer.id, 15_000, reference="F-1")
    hint = next(each for each in await account.hints() if each.kind is HintKind.PAYMENT)
    waiting = await account.billing.read_payment(hint.id)
    assert (str(waiting.amount), waiting.invoices, waiting.description) == ("150.00 EUR", (), "F-1")
    invoice = await account.bench.issued(customer=customer.id)
    with pytest.raises(Permanent, match="Dashboard"):
        await account.billing.allocate_payment(hint.id, invoice.id, key="allocate/1")
    await account.person.apply_transfer(invoice.id, 12_000, at=LATER)
    (payment,) = (await account.billing.read_money(invoice.id)).payments
    assert (payment.means, payment.paid_at) == (PaymentMeans.BANK_TRANSFER, waiting.received_at)
    left = await account.billing.read_payment(hint.id)
    assert (str(left.amount), left.invoices) == ("30.00 EUR", ())
    told = [each.id for each in await account.hints() if each.kind is HintKind.ALLOCATED_PAYMENT]
    assert customer.id in told


@pytest.mark.parametrize("counted", [True, False])
async def test_a_charge_by_link_is_attached_once_and_what_is_too_much_is_overpaid(
    account: Account, counted: bool
) -> None:
    """Whether what is overpaid is part of what Stripe calls paid, its pages do not say."""
    await account.bench.settings(overpaid_counts_as_paid=counted)
    made = await account.person.charge_by_link(15_000, email="jean@hexalab.fr")
    found = await account.billing.read_payment(made["id"])
    assert (found.payer, found.customer_id, found.invoices) == ("jean@hexalab.fr", "", ())
    invoice = await account.bench.issued()
    for _ in range(2):
        await account.billing.allocate_payment(made["id"], invoice.id, key=f"allocate/{invoice.id}")
    money = await account.billing.read_money(invoice.id)
    assert summed(money) == (WHOLE, NOTHING, "30.00 EUR")
    assert [(each.id, str(each.amount)) for each in money.payments] == [(made["id"], "150.00 EUR")]
    assert money.paid_at == found.received_at
    assert (await account.billing.read_payment(made["id"])).invoices == (invoice.id,)


@pytest.mark.parametrize("pending", [True, False])
async def test_a_refund_counts_from_when_it_was_made(account: Account, pending: bool) -> None:
    await account.bench.settings(refunds_pending=pending)
    invoice = await account.bench.issued()
    await account.person.pay_by_card(invoice.id)
    await account.person.refund(invoice.id, 3_000)
    (payment,) = (await account.billing.read_money(invoice.id)).payments
    assert str(payment.refunded) == "30.00 EUR"
    await account.bench.settings(refunds_pending=False)


async def test_the_list_of_events_names_what_the_deliveries_did(account: Account) -> None:
    began = datetime.now(UTC) - timedelta(minutes=5)
    first, second = await account.bench.issued(), await account.bench.issued()
    await account.person.pay_by_card(first.id)
    link = await account.person.charge_by_link(5_000)
    found = await account.billing.money_changed(began, until=None)
    assert {first.id, second.id} <= set(found.invoices)
    assert link["id"] in found.payments
    paid = {each.id for each in (await account.billing.read_money(first.id)).payments}
    assert not paid & set(found.payments)
    assert found.unreadable == 0


async def test_unpaid_invoices_are_listed_with_what_is_due(account: Account) -> None:
    customer = await account.bench.customer()
    invoice = await account.bench.issued(customer=customer.id)
    await account.person.pay_by_card(invoice.id, 4_000)
    settled = await account.bench.issued(customer=customer.id)
    await account.person.pay_by_card(settled.id)
    await account.bench.issued()
    (found,) = await account.billing.unpaid_invoices(customer_id=customer.id)
    assert (found.id, str(found.due), found.customer) == (invoice.id, "80.00 EUR", "Ateliers Réunis")
    everybody = {each.customer_id for each in await account.billing.unpaid_invoices(customer_id=None)}
    assert everybody > {customer.id}


async def test_an_endpoint_is_registered_once_and_passes_its_check(account: Account) -> None:
    url = "https://raccord.hexalab.fr/webhooks/stripe"
    made, again = [await account.billing.register_webhooks(url, flows=()) for _ in range(2)]
    assert made.secret
    assert made.secret.get_secret_value().startswith("whsec_")
    assert again.secret is None
    (endpoint,) = (await account.bench.raw("GET", "/v1/webhook_endpoints")).json()["data"]
    assert (endpoint["url"], endpoint["api_version"]) == (url, "2026-10-28.endive")
    assert sorted(endpoint["enabled_events"]) == list(TYPES)
    (check,) = await account.billing.check_webhooks(url, flows=())
    assert check.found.startswith(endpoint["id"])


async def test_every_right_that_payments_need_is_there(account: Account) -> None:
    found = {check.name: check.state.value for check in await account.billing.check() if check.flow}
    assert set(found.values()) == {"OK"}
    assert len(found) == 5
