"""Each kind of gap, and what looks like one and is none."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.proof.comparing import Bounds, Pair, gaps, late
from raccord.domain.proof.gap import GapKind
from raccord.domain.proof.proof import MOST_GAPS, Sum, Tally
from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceReference, InvoiceState, Part
from raccord.domain.values.listed import ListedDeal, ListedInvoice, Shown
from raccord.domain.values.money import Money
from raccord.domain.values.totals import Totals

BEGAN = datetime(2026, 11, 27, 3, 20, tzinfo=UTC)
BEFORE = BEGAN - timedelta(days=2)
BOUNDS = Bounds(
    crm="hubspot",
    billing="stripe",
    since=date(2026, 1, 1),
    today=date(2026, 11, 27),
    began_at=BEGAN,
    reminded_from=7,
)
OURS = InvoiceReference(deal=DealRef(connection="hubspot", id="1"), cycle=1, revision=1)


def eur(amount: str, currency: str = "EUR") -> Money:
    return Money(amount=Decimal(amount), currency=currency)


def deal(**changes: Any) -> ListedDeal:
    shown = Shown(invoice_id="in_1", number="F-1", status="issued", net=Decimal(1000), payment="open")
    known = {
        "id": "1",
        "name": "Refonte",
        "won": True,
        "closed_on": date(2026, 11, 1),
        "amount": Decimal(1000),
        "currency": "EUR",
        "changed_at": BEFORE,
        "shown": shown,
    }
    return ListedDeal.model_validate(known | changes)


def invoice(
    *, due: str = "1200", state: InvoiceState = InvoiceState.OPEN, currency: str = "EUR", **changes: Any
) -> ListedInvoice:
    totals = Totals(net=eur("1000", currency), vat=(), gross=eur("1200", currency))
    known = {
        "id": "in_1",
        "state": state,
        "customer_id": "cus_1",
        "reference": OURS,
        "number": "F-1",
        "currency": currency,
        "totals": totals,
        "credited": eur("0", currency),
        "due_on": date(2026, 12, 1),
        "issued_on": date(2026, 11, 1),
    }
    return ListedInvoice(invoice=Invoice.model_validate(known | changes), due=eur(due, currency))


def shown(**changes: Any) -> Shown:
    return deal().shown.model_copy(update=changes)


def kinds(pair: Pair, bounds: Bounds = BOUNDS) -> list[GapKind]:
    return [gap.kind for gap in gaps(pair, bounds)]


PAID: dict[str, Any] = {"due": "0", "state": InvoiceState.PAID}
HALF = Totals(net=eur("500"), vat=(), gross=eur("600"))
NO_GAP = {
    "issued and shown": Pair(deal=deal(), invoices=(invoice(),)),
    "paid and marked": Pair(deal=deal(shown=shown(payment="paid")), invoices=(invoice(**PAID),)),
    "not won": Pair(deal=deal(won=False, shown=Shown())),
    "won before the cut-over": Pair(deal=deal(closed_on=date(2025, 12, 31), shown=Shown())),
    "shows an invoice of before": Pair(deal=deal()),
    "a draft of no deal": Pair(invoices=(invoice(state=InvoiceState.DRAFT, reference=None),)),
    "void, and shown so": Pair(
        deal=deal(won=False, shown=shown(status="void")), invoices=(invoice(state=InvoiceState.VOID),)
    ),
    "credited, and shown so": Pair(
        deal=deal(shown=shown(credited=Decimal(200))), invoices=(invoice(credited=eur("200"), due="1000"),)
    ),
    "another amount, which its flow has accepted": Pair(
        deal=deal(amount=Decimal(900)), invoices=(invoice(),), settled_at=BEFORE
    ),
    "our own write-back after that": Pair(
        deal=deal(amount=Decimal(900)), invoices=(invoice(),), settled_at=BEFORE - timedelta(minutes=5)
    ),
    "changed while the lists were made": Pair(deal=deal(changed_at=BEGAN, shown=Shown())),
    "deposit and balance": Pair(
        deal=deal(shown=shown(invoice_id="in_2", net=Decimal(500))),
        invoices=(
            invoice(totals=HALF, due="600", reference=OURS.model_copy(update={"part": Part.DEPOSIT})),
            invoice(
                id="in_2",
                totals=HALF,
                due="600",
                reference=OURS.model_copy(update={"part": Part.BALANCE}),
            ),
        ),
    ),
    "a paid deposit": Pair(
        deal=deal(shown=shown(payment="partly_paid", net=Decimal(500))),
        invoices=(invoice(**PAID, totals=HALF, reference=OURS.model_copy(update={"part": Part.DEPOSIT})),),
    ),
    "an uncollectible one that the deal calls so": Pair(
        deal=deal(shown=shown(payment="uncollectible")),
        invoices=(invoice(state=InvoiceState.UNCOLLECTIBLE),),
    ),
}
GAPS = {
    GapKind.NOT_INVOICED: Pair(deal=deal(shown=Shown())),
    GapKind.NOT_SHOWN: Pair(deal=deal(shown=Shown()), invoices=(invoice(),)),
    GapKind.OF_NO_DEAL: Pair(invoices=(invoice(reference=None),)),
    GapKind.SHOWN_OTHERWISE: Pair(deal=deal(shown=shown(net=Decimal(1))), invoices=(invoice(),)),
    GapKind.AMOUNTS_DIFFER: Pair(deal=deal(amount=Decimal(900)), invoices=(invoice(),)),
    GapKind.CURRENCIES_DIFFER: Pair(deal=deal(currency="USD"), invoices=(invoice(),)),
    GapKind.CREDIT_UNSEEN: Pair(deal=deal(), invoices=(invoice(credited=eur("200"), due="1000"),)),
    GapKind.PAID_NOT_MARKED: Pair(deal=deal(), invoices=(invoice(**PAID),)),
    GapKind.MARKED_NOT_PAID: Pair(deal=deal(shown=shown(payment="paid")), invoices=(invoice(),)),
}


@pytest.mark.parametrize("pair", NO_GAP.values(), ids=NO_GAP.keys())
def test_this_is_no_gap(pair: Pair) -> None:
    assert kinds(pair) == []


@pytest.mark.parametrize("kind", GAPS)
def test_this_is_one_gap_and_no_other(kind: GapKind) -> None:
    assert kinds(GAPS[kind]) == [kind]


def test_a_deal_that_changed_after_it_was_settled_is_judged_again() -> None:
    pair = Pair(
        deal=deal(amount=Decimal(900)), invoices=(invoice(),), settled_at=BEFORE - timedelta(minutes=11)
    )
    assert kinds(pair) == [GapKind.AMOUNTS_DIFFER]


def test_a_voided_invoice_that_the_deal_still_shows_leaves_it_uninvoiced_as_well() -> None:
    found = kinds(Pair(deal=deal(), invoices=(invoice(state=InvoiceState.VOID),)))
    assert found == [GapKind.NOT_INVOICED, GapKind.CREDIT_UNSEEN]


def test_an_invoice_of_a_deal_that_is_lost_is_looked_at_by_that_deal_s_flow() -> None:
    lost = [*gaps(Pair(deal=deal(won=False), invoices=(invoice(),)), BOUNDS)]
    gone = [*gaps(Pair(named="1", invoices=(invoice(),)), BOUNDS)]
    assert [gap.kind for gap in (*lost, *gone)] == [GapKind.OF_NO_DEAL] * 2
    assert {str(gap.heals and gap.heals[1]) for gap in (*lost, *gone)} == {"hubspot:1"}


def test_amounts_are_compared_gross_where_the_crm_has_them_so() -> None:
    gross = BOUNDS.model_copy(update={"amount_basis": AmountBasis.GROSS})
    pair = Pair(deal=deal(amount=Decimal(1200)), invoices=(invoice(),))
    assert (kinds(pair, gross), kinds(pair)) == ([], [GapKind.AMOUNTS_DIFFER])


def test_payments_are_compared_only_where_deals_show_them() -> None:
    none = BOUNDS.model_copy(update={"payments": False})
    assert kinds(GAPS[GapKind.PAID_NOT_MARKED], none) == []


@pytest.mark.parametrize(
    ("due_on", "due", "state", "is_late"),
    [
        (date(2026, 11, 19), "1200", InvoiceState.OPEN, True),
        (date(2026, 11, 20), "1200", InvoiceState.OPEN, False),
        (date(2026, 11, 1), "0", InvoiceState.OPEN, False),
        (date(2026, 11, 1), "1200", InvoiceState.UNCOLLECTIBLE, False),
        (None, "1200", InvoiceState.OPEN, False),
    ],
)
def test_an_invoice_is_late_once_its_first_reminder_should_have_left(
    due_on: date | None, due: str, state: InvoiceState, *, is_late: bool
) -> None:
    assert late(invoice(due=due, state=state, due_on=due_on), BOUNDS) is is_late
    nobody = BOUNDS.model_copy(update={"reminded_from": None})
    assert not late(invoice(due=due, state=state, due_on=due_on), nobody)


def test_sums_never_add_currencies_and_leave_credits_and_voided_invoices_out() -> None:
    tally = Tally()
    for each in (
        invoice(credited=eur("200"), due="400"),
        invoice(id="in_2", currency="USD"),
        invoice(id="in_3", state=InvoiceState.VOID),
    ):
        tally.invoice(each)
    tally.deal(deal())
    tally.deal(deal(won=False))
    (gap,) = gaps(GAPS[GapKind.NOT_INVOICED], BOUNDS)
    for _ in range(MOST_GAPS + 3):
        tally.gap(gap)

    proof = tally.proof(day=BOUNDS.today, since=BOUNDS.since, began_at=BEGAN, ended_at=BEGAN)

    def sums(**amounts: int) -> tuple[Sum, ...]:
        return tuple(Sum(currency=name, amount=Decimal(amount)) for name, amount in amounts.items())

    assert (proof.deals, proof.invoices) == (1, 2)
    assert proof.won == sums(EUR=1000)
    assert proof.invoiced == sums(EUR=1000, USD=1200)
    assert proof.received == sums(EUR=600, USD=0)
    assert proof.due == sums(EUR=400, USD=1200)
    assert (proof.count, len(proof.gaps)) == (MOST_GAPS + 3, MOST_GAPS)
