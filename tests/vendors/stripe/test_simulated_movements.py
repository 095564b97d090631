"""What people cause in the simulated Stripe, told movement by movement."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from raccord.connectors.errors import Forbidden
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.movement import InvoiceMovements, Movement
from raccord.vendors.stripe.connector import StripeBilling
from sandbox.stripe.person import StripePerson
from tests.patience import patience
from tests.sandbox.stripe_bench import KEY, Bench, line, stripe_bench
from tests.vendors.stripe.samples import settings

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = BusinessClock().date_of(NOW)
LATER, LONG_AGO = NOW + timedelta(days=3), NOW - timedelta(days=200)
ISSUED = ("issued", "120.00 EUR", "120")
Told = list[tuple[str, str, str]]


@dataclass(frozen=True)
class Listed:
    """All parts of a list, put together."""

    invoices: dict[str, InvoiceMovements]
    others: dict[str, Movement]
    """By id, of the invoices too."""

    def of(self, invoice: str) -> Told:
        """Return what moved an invoice, without what is told of it elsewhere."""
        found = {each.id: each for each in self.others.values() if each.invoice_id == invoice}
        found |= (
            {each.id: each for each in self.invoices[invoice].movements} if invoice in self.invoices else {}
        )
        return shown(found.values())


def shown(movements: Iterable[Movement]) -> Told:
    return sorted((each.kind.value, str(each.amount), f"{each.owed.normalize():f}") for each in movements)


@dataclass
class Account:
    """One simulated account: the connector that reads it, and a person who works in it."""

    bench: Bench
    billing: StripeBilling
    person: StripePerson

    async def listed(self, since: date = TODAY) -> Listed:
        part = await self.billing.list_movements(since=since, after="")
        parts = [part]
        while part.after:
            part = await self.billing.list_movements(since=since, after=part.after)
            parts.append(part)
        assert [part.unreadable for part in parts if part.unreadable] == []
        return Listed(
            {each.listed.invoice.id: each for part in parts for each in part.invoices},
            {each.id: each for part in parts for each in part.movements},
        )

    async def issued(
        self, net: int = 12_000, *, created_at: datetime | None = None, finalized_at: datetime | None = None
    ) -> str:
        """Issue an invoice without VAT to a new customer."""
        customer = (await self.bench.customer()).id
        return await self.person.issue(customer, net, created_at=created_at, finalized_at=finalized_at)


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Bench]:
    async with stripe_bench() as bench:
        yield bench


@pytest.fixture
async def account(served: Bench) -> AsyncIterator[Account]:
    await served.start_over()
    known = settings(f"{served.base}/stripe", api_key=KEY, timeout=patience(5), requests_per_second=1000)
    billing = StripeBilling("stripe", known, BusinessClock())
    yield Account(served, billing, StripePerson(served.control))
    await billing.close()


Act = Callable[[StripePerson, str], Awaitable[object]]


async def _nothing(_: StripePerson, __: str) -> None:
    """Nobody does anything."""


async def _in_parts(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4_000)
    await person.pay_part(invoice, 2_000, at=LATER)


async def _rest_elsewhere(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4_000)
    await person.pay(invoice, at=LATER)


async def _rest_given_up(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4_000)
    await person.mark_uncollectible(invoice)


async def _paid_after_all(person: StripePerson, invoice: str) -> None:
    await person.mark_uncollectible(invoice)
    await person.pay_by_card(invoice)


async def _given_up_then_void(person: StripePerson, invoice: str) -> None:
    await person.mark_uncollectible(invoice)
    await person.void(invoice)


async def _credited_then_paid(person: StripePerson, invoice: str) -> None:
    await person.credit(invoice, 3_000)
    await person.pay_by_card(invoice)


async def _rest_credited(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice, 4_000)
    await person.credit(invoice, 8_000)


async def _credited_then_void(person: StripePerson, invoice: str) -> None:
    await person.credit(invoice, 3_000)
    await person.void(invoice)


async def _credited_when_paid(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.credit(invoice, 3_000, back="credit")


async def _credit_taken_back(person: StripePerson, invoice: str) -> None:
    note = await person.credit(invoice, 3_000)
    await person.take_back(note["id"])


async def _refunded(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.refund(invoice, 3_000)


async def _refund_that_fails(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.fail_refund((await person.refund(invoice, 3_000))["id"])


async def _lost(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.lose_dispute((await person.dispute(invoice, 5_000))["id"])


async def _won(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.win_dispute((await person.dispute(invoice))["id"])


async def _contested(person: StripePerson, invoice: str) -> None:
    await person.pay_by_card(invoice)
    await person.dispute(invoice)


async def _under_way(person: StripePerson, invoice: str) -> None:
    await person.pay_by_debit(invoice)


WHOLE = ("received", "120.00 EUR", "-120")
# What a person does, what moved the invoice beside its issue, and what is owed on it after that.
DONE: dict[str, tuple[Act, Told, int]] = {
    "nothing": (_nothing, [], 120),
    "card": (lambda p, i: p.pay_by_card(i), [WHOLE], 0),
    "transfer": (lambda p, i: p.pay_by_transfer(i), [WHOLE], 0),
    "elsewhere": (lambda p, i: p.pay(i), [WHOLE], 0),
    "a debit under way": (_under_way, [], 120),
    "in parts": (_in_parts, [("received", "20.00 EUR", "-20"), ("received", "40.00 EUR", "-40")], 60),
    "the rest elsewhere": (
        _rest_elsewhere,
        [("received", "40.00 EUR", "-40"), ("received", "80.00 EUR", "-80")],
        0,
    ),
    "given up": (lambda p, i: p.mark_uncollectible(i), [("credited", "120.00 EUR", "-120")], 0),
    "the rest given up": (
        _rest_given_up,
        [("credited", "80.00 EUR", "-80"), ("received", "40.00 EUR", "-40")],
        0,
    ),
    "paid after all": (_paid_after_all, [WHOLE], 0),
    "void": (lambda p, i: p.void(i), [("credited", "120.00 EUR", "-120")], 0),
    "given up, then void": (_given_up_then_void, [("credited", "120.00 EUR", "-120")], 0),
    "credited": (lambda p, i: p.credit(i, 3_000), [("credited", "30.00 EUR", "-30")], 90),
    "credited, then paid": (
        _credited_then_paid,
        [("credited", "30.00 EUR", "-30"), ("received", "90.00 EUR", "-90")],
        0,
    ),
    "the rest credited": (
        _rest_credited,
        [("credited", "80.00 EUR", "-80"), ("received", "40.00 EUR", "-40")],
        0,
    ),
    "credited, then void": (
        _credited_then_void,
        [("credited", "30.00 EUR", "-30"), ("credited", "90.00 EUR", "-90")],
        0,
    ),
    "credited when it was paid": (_credited_when_paid, [("credited", "30.00 EUR", "0"), WHOLE], 0),
    "a credit note taken back": (_credit_taken_back, [], 120),
    "refunded": (_refunded, [WHOLE, ("refunded", "30.00 EUR", "0")], 0),
    "a refund that failed": (_refund_that_fails, [WHOLE], 0),
    "a dispute that was lost": (_lost, [WHOLE, ("refunded", "50.00 EUR", "0")], 0),
    "a dispute that was won": (_won, [WHOLE], 0),
    "disputed": (_contested, [WHOLE], 0),
}


@pytest.mark.parametrize("case", DONE)
async def test_what_people_do_moves_what_it_moves(account: Account, case: str) -> None:
    act, told, owed = DONE[case]
    invoice = await account.issued()
    await act(account.person, invoice)
    listed = await account.listed()
    assert listed.of(invoice) == sorted([ISSUED, *told])
    assert sum(float(each[2]) for each in listed.of(invoice)) == owed
    read = await account.billing.read_movements(invoice)
    assert listed.invoices == {invoice: read}
    assert read.customer == "Ateliers Réunis"


async def test_an_invoice_that_a_balance_pays_is_issued_and_brings_no_money(account: Account) -> None:
    customer = await account.bench.customer()
    await account.person.give_balance(customer.id, 500_000)
    invoice = await account.person.issue(customer.id, 130_539)
    assert (await account.listed()).of(invoice) == [
        ("issued", "1305.39 EUR", "1305.39"),
        ("set_off", "1305.39 EUR", "-1305.39"),
    ]


async def test_what_was_set_off_goes_back_when_its_invoice_is_voided(account: Account) -> None:
    customer = await account.bench.customer()
    await account.person.give_balance(customer.id, 3_000)
    invoice = await account.person.issue(customer.id, 12_000)
    await account.person.void(invoice)
    assert (await account.listed()).of(invoice) == [
        ("credited", "120.00 EUR", "-90"),
        ISSUED,
        ("set_off", "30.00 EUR", "-30"),
    ]


async def test_what_was_owed_before_is_owed_on_the_invoice_that_asks_for_it(account: Account) -> None:
    customer = await account.bench.customer()
    await account.person.give_balance(customer.id, -5_000)
    invoice = await account.person.issue(customer.id, 12_000)
    await account.person.pay_by_card(invoice, 15_000)
    assert (await account.listed()).of(invoice) == [
        ("issued", "120.00 EUR", "170"),
        ("received", "150.00 EUR", "-150"),
    ]


@pytest.mark.parametrize(
    ("net", "told"),
    [
        (0, [("issued", "0.00 EUR", "0")]),
        (-12_000, [("credited", "120.00 EUR", "0")]),
        (30, [("issued", "0.30 EUR", "0.3"), ("set_off", "0.30 EUR", "-0.3")]),
    ],
    ids=["zero", "below zero", "too small to be charged"],
)
async def test_an_odd_amount_has_its_right_sign(account: Account, net: int, told: Told) -> None:
    invoice = await account.issued(net)
    assert (await account.listed()).of(invoice) == told


@pytest.mark.parametrize("counted", [True, False])
# The day after tomorrow: a suite that runs over midnight issues tomorrow.
@pytest.mark.parametrize("since", [TODAY, TODAY + timedelta(days=2)])
async def test_what_is_overpaid_came_in_and_takes_no_more_off_than_was_owed(
    account: Account, counted: bool, since: date
) -> None:
    """Whether what is overpaid is part of what Stripe calls paid, its pages do not say."""
    await account.bench.settings(overpaid_counts_as_paid=counted)
    made = await account.person.charge_by_link(15_000)
    invoice = await account.issued()
    at = LATER if since > TODAY else None
    form = {"payment_intent": made["id"]}
    await account.person.do(f"/v1/invoices/{invoice}/attach_payment", form, at)
    told = ("received", "150.00 EUR", "-120")
    assert (await account.listed(since)).of(invoice) == ([told] if at else [ISSUED, told])


async def test_more_payments_than_an_expanded_page_has_are_all_told(account: Account) -> None:
    invoice = await account.issued()
    for _ in range(12):
        await account.person.pay_part(invoice, 1_000)
    assert (await account.listed()).of(invoice) == sorted([ISSUED] + [("received", "10.00 EUR", "-10")] * 12)


async def test_a_movement_is_of_its_own_instant(account: Account) -> None:
    times = [LONG_AGO + timedelta(days=n) for n in range(4)]
    invoice = await account.issued(created_at=times[0], finalized_at=times[1])
    await account.person.pay_by_card(invoice, 4_000, at=times[2])
    await account.person.mark_uncollectible(invoice, at=times[3])
    found = (await account.billing.read_movements(invoice)).movements
    assert [each.at for each in found] == times[1:]


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda p, i: p.pay_by_card(i), [WHOLE]),
        (lambda p, i: p.pay(i), [WHOLE]),
        (lambda p, i: p.void(i), [("credited", "120.00 EUR", "-120")]),
        (lambda p, i: p.mark_uncollectible(i), [("credited", "120.00 EUR", "-120")]),
        (_refunded, [WHOLE, ("refunded", "30.00 EUR", "0")]),
        (lambda p, i: p.credit(i, 12_000), [("credited", "120.00 EUR", "-120")]),
    ],
    ids=["card", "elsewhere", "void", "given up", "refunded", "credited"],
)
@pytest.mark.parametrize("age", [30, 200, 500])
async def test_what_moves_an_old_invoice_is_told_without_it(
    account: Account, act: Act, told: Told, age: int
) -> None:
    """However old: an invoice that was due for long is what a report is about."""
    invoice = await account.issued(created_at=NOW - timedelta(days=age))
    await act(account.person, invoice)
    listed = await account.listed()
    assert listed.invoices == {}
    assert listed.of(invoice) == told


async def test_an_old_invoice_that_is_open_is_listed_with_all_that_moved_it(account: Account) -> None:
    invoice = await account.issued(created_at=LONG_AGO)
    await account.person.pay_by_card(invoice, 4_000, at=LONG_AGO)
    listed = await account.listed()
    assert listed.of(invoice) == [ISSUED, ("received", "40.00 EUR", "-40")]
    assert str(listed.invoices[invoice].listed.due) == "80.00 EUR"


async def test_an_invoice_belongs_to_the_companys_own_day(account: Account) -> None:
    """Half past midnight in Paris is still the day before in UTC."""
    last, first = datetime(2026, 11, 29, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    before, after = [await account.issued(created_at=at) for at in (last, first)]
    for invoice, at in ((before, last), (after, first)):
        await account.person.pay(invoice, at=at)
    assert (await account.listed(date(2026, 11, 30))).invoices.keys() == {after}
    assert (await account.listed(date(2026, 11, 29))).invoices.keys() == {before, after}
    assert (await account.listed(date(2026, 11, 30))).of(before) == []


async def test_a_credit_note_is_listed_with_its_invoice_until_it_is_taken_back(account: Account) -> None:
    invoice = await account.issued(created_at=LONG_AGO)
    note = await account.person.credit(invoice, 3_000, at=NOW)
    (found,) = (await account.billing.list_credit_notes(since=TODAY, after="")).notes
    assert (found.number, found.issued_on, found.invoice.id) == (note["number"], TODAY, invoice)
    assert str(found.gross) == "30.00 EUR"
    await account.person.take_back(note["id"])
    assert (await account.billing.list_credit_notes(since=TODAY, after="")).notes == ()


async def test_what_went_back_of_money_that_paid_no_invoice_is_left_out(account: Account) -> None:
    made = await account.person.charge_by_link(5_000)
    await account.person.refund(made["id"], 2_000)
    assert (await account.listed()).others == {}


async def test_a_draft_moves_nothing(account: Account) -> None:
    draft = await account.bench.draft(line())
    assert (await account.listed()).invoices == {}
    assert (await account.billing.read_movements(draft.id)).movements == ()


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ("invoice", "Invoices: Read"),
        ("invoice_payment", "Invoice payments: Read"),
        ("charge", "Charges and Refunds: Read"),
        ("dispute", "Disputes: Read"),
        ("credit_note", "Credit notes: Read"),
        ("event", "Events: Read"),
    ],
)
async def test_what_the_key_may_not_list_is_refused_by_name(
    account: Account, denied: str, named: str
) -> None:
    await account.bench.settings(denied=[f"rak_{denied}_read"])
    with pytest.raises(Forbidden, match=named):
        await account.listed()
