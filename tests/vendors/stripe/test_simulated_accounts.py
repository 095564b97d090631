"""What customers owe in the simulated Stripe, as people cause it, and what the connector makes of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from raccord.connectors.webhooks import HintKind
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.stripe.connector import StripeBilling
from raccord.vendors.stripe.happened import hints_of
from sandbox.stripe.person import StripePerson
from tests.patience import patience
from tests.sandbox.stripe_bench import KEY, Bench, stripe_bench
from tests.vendors.stripe.samples import settings

DUE = datetime(2026, 10, 16, 12, tzinfo=UTC)
BEFORE = DUE - timedelta(days=30)


@dataclass
class Debtor:
    """A customer of a simulated account with an invoice of 120.00 EUR that was due on 16 October."""

    bench: Bench
    billing: StripeBilling
    person: StripePerson
    customer: str
    invoice: str

    async def owes(self) -> list[tuple[str, str]]:
        account = await self.billing.read_account(self.customer)
        return [(each.id, str(each.due)) for each in account.invoices]

    async def told(self) -> tuple[bool, bool]:
        """Whether its one invoice is disputed, and whether a payment is under way."""
        (owed,) = (await self.billing.read_account(self.customer)).invoices
        return owed.disputed, owed.processing


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Bench]:
    async with stripe_bench() as bench:
        yield bench


@pytest.fixture
async def debtor(served: Bench) -> AsyncIterator[Debtor]:
    known = settings(f"{served.base}/stripe", api_key=KEY, timeout=patience(5), requests_per_second=1000)
    billing, person = StripeBilling("stripe", known, BusinessClock()), StripePerson(served.control)
    customer = (await served.customer(preferred_locales=["fr-FR"])).id
    invoice = await person.issue(customer, 12_000, created_at=BEFORE, due_at=DUE)
    yield Debtor(served, billing, person, customer, invoice)
    await billing.close()


Act = Callable[[StripePerson, str], Awaitable[object]]


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (lambda person, invoice: person.pay(invoice), None),
        (lambda person, invoice: person.pay_by_card(invoice), None),
        (lambda person, invoice: person.pay_by_card(invoice, 4_000), "80.00 EUR"),
        (lambda person, invoice: person.pay_part(invoice, 4_000), "80.00 EUR"),
        (lambda person, invoice: person.credit(invoice, 3_000), "90.00 EUR"),
        (lambda person, invoice: person.credit(invoice, 12_000), None),
        (lambda person, invoice: person.void(invoice), None),
        (lambda person, invoice: person.mark_uncollectible(invoice), None),
        (lambda person, invoice: person.fail_payment(invoice), "120.00 EUR"),
        (lambda person, invoice: person.pay_by_debit(invoice), "120.00 EUR"),
    ],
    ids=["elsewhere", "card", "part", "noted", "credit", "credited", "void", "given_up", "refused", "debit"],
)
async def test_what_is_left_is_owed(debtor: Debtor, act: Act, left: str | None) -> None:
    await act(debtor.person, debtor.invoice)
    assert await debtor.owes() == ([(debtor.invoice, left)] if left else [])
    late = await debtor.billing.customers_owing(due_before=date(2026, 10, 17))
    assert (debtor.customer in late) is (left is not None)


async def test_a_debit_is_under_way_until_the_bank_settles_or_refuses_it(debtor: Debtor) -> None:
    await debtor.person.pay_by_debit(debtor.invoice)
    assert await debtor.told() == (False, True)
    await debtor.person.settle_debit(debtor.invoice, failed="insufficient_funds")
    assert await debtor.told() == (False, False)
    assert await debtor.owes() == [(debtor.invoice, "120.00 EUR")]


@pytest.mark.parametrize("inquiry", [False, True])
async def test_a_part_payment_is_disputed_until_the_bank_decides(debtor: Debtor, inquiry: bool) -> None:
    await debtor.person.pay_by_card(debtor.invoice, 4_000)
    assert await debtor.told() == (False, False)
    dispute = (await debtor.person.dispute(debtor.invoice, inquiry=inquiry))["id"]
    assert await debtor.told() == (True, False)
    await (debtor.person.close_inquiry if inquiry else debtor.person.win_dispute)(dispute)
    assert await debtor.told() == (False, False)


async def test_what_stripe_collects_by_itself_is_not_owed(debtor: Debtor) -> None:
    automatic = {"customer": debtor.customer, "currency": "eur", "collection_method": "charge_automatically"}
    made = (await debtor.person.post("/v1/invoices", **automatic))["id"]
    line = {"lines[0][amount]": "5000", "lines[0][description]": "Conseil"}
    await debtor.person.post(f"/v1/invoices/{made}/add_lines", **line)
    await debtor.person.post(f"/v1/invoices/{made}/finalize")
    assert [id for id, _ in await debtor.owes()] == [debtor.invoice]


async def test_a_due_date_that_moves_is_told_and_read_anew(debtor: Debtor) -> None:
    await debtor.person.move_due_date(debtor.invoice, DUE + timedelta(days=30))
    (owed,) = (await debtor.billing.read_account(debtor.customer)).invoices
    assert owed.due_on == date(2026, 11, 15)
    told = (await debtor.bench.events("invoice.updated"))[-1]
    assert [(hint.kind, hint.id) for hint in hints_of(told)] == [(HintKind.INVOICE, debtor.invoice)]
    assert debtor.customer not in await debtor.billing.customers_owing(due_before=date(2026, 11, 15))
    assert debtor.customer in await debtor.billing.customers_owing(due_before=date(2026, 11, 16))


async def test_only_what_was_due_is_late_and_what_is_due_today_is_not(debtor: Debtor) -> None:
    """As of 2026-11-27, of invoices due on 16 October, on that day, and on 31 December."""
    for due in (datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC), datetime(2026, 12, 31, 12, tzinfo=UTC)):
        await debtor.person.issue(debtor.customer, 5_000, created_at=BEFORE, due_at=due)
    dates = [each.due_on for each in (await debtor.billing.read_account(debtor.customer)).invoices]
    assert dates == [date(2026, 10, 16), date(2026, 11, 27), date(2026, 12, 31)]
    await debtor.person.pay(debtor.invoice)
    assert debtor.customer not in await debtor.billing.customers_owing(due_before=date(2026, 11, 27))
    assert debtor.customer in await debtor.billing.customers_owing(due_before=date(2026, 11, 28))


async def test_two_currencies_are_owed_apart(debtor: Debtor) -> None:
    other = await debtor.person.issue(
        debtor.customer, 7_000, currency="usd", created_at=BEFORE, due_at=DUE + timedelta(days=1)
    )
    assert await debtor.owes() == [(debtor.invoice, "120.00 EUR"), (other, "70.00 USD")]


async def test_a_deleted_customer_is_gone_with_what_it_owed(debtor: Debtor) -> None:
    await debtor.person.delete(f"/v1/customers/{debtor.customer}")
    account = await debtor.billing.read_account(debtor.customer)
    assert (account.gone, account.invoices) == (True, ())
