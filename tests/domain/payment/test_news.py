from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from raccord.domain.payment.news import News, NewsKind, kind_of_change, news_of
from raccord.domain.payment.standing import standing_of
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.parties import Owner
from raccord.domain.values.payment import DisputeState, InvoiceMoney
from tests.domain.payment.money import dispute, euros, money, payment
from tests.domain.samples import deal, invoice

CLOCK = BusinessClock(zone="Europe/Paris")
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
K = NewsKind
PAID = money(payment())
DISPUTED = money(payment(disputes=(dispute(),)))
FROZEN = payment("40", disputes=(dispute(amount="40"),))
BACK = payment("40", refunded=euros("10"))


def change(before: InvoiceMoney | None, after: InvoiceMoney) -> NewsKind | None:
    was = standing_of(before) if before else None
    return kind_of_change(was, standing_of(after, was))


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, money(), None),
        (None, PAID, K.PAID),
        (money(), PAID, K.PAID),
        (PAID, PAID, None),
        (money(), money(payment("40")), K.PARTLY_PAID),
        (money(payment("40")), money(payment("40"), payment("20")), K.PARTLY_PAID),
        (money(payment("40")), money(payment("40"), payment("80")), K.PAID),
        (PAID, money(payment("150")), K.OVERPAID),
        (PAID, money(payment(refunded=euros("20"))), K.REFUNDED),
        (money(payment(refunded=euros("20"))), money(payment(refunded=euros("120"))), K.REFUNDED),
        (None, money(payment(refunded=euros("20"))), K.REFUNDED),
        (money(payment(refunded=euros("20"))), PAID, K.REFUND_FAILED),
        (money(BACK), money(payment("40")), K.REFUND_FAILED),
        (money(BACK), money(), None),
        (PAID, DISPUTED, K.DISPUTED),
        (DISPUTED, money(payment(disputes=(dispute(DisputeState.WON),))), K.DISPUTE_WON),
        (DISPUTED, money(payment(disputes=(dispute(DisputeState.LOST),))), K.DISPUTE_LOST),
        (money(), money(failed=True), K.FAILED),
        (money(failed=True), money(failed=True), None),
        (money(), money(payment(), failed=True), K.PAID),
        (PAID, money(of=invoice(InvoiceState.VOID), due=euros("0")), None),
        (money(), money(of=invoice(InvoiceState.UNCOLLECTIBLE)), None),
        (money(payment("40")), money(payment("40"), due=euros("0")), None),
        (money(FROZEN), money(FROZEN, payment("20", id="pi_2")), K.PARTLY_PAID),
        (money(BACK), money(BACK, payment("20", id="pi_2")), K.PARTLY_PAID),
        (money(BACK), money(BACK, payment("80", id="pi_2")), K.PAID),
    ],
)
def test_one_change_is_one_piece_of_news_or_none(
    before: InvoiceMoney | None, after: InvoiceMoney, kind: NewsKind | None
) -> None:
    assert change(before, after) is kind


def told(before: InvoiceMoney | None, after: InvoiceMoney) -> News:
    owner = Owner(id="77", name="Anne", email="anne@hexalab.example")
    was = standing_of(before) if before else None
    found = news_of(was, standing_of(after, was), after, deal(owner=owner), CLOCK, at=NOW)
    assert found
    return found


def test_it_tells_what_this_change_brought_and_what_is_still_due() -> None:
    found = told(money(payment("40")), money(payment("40"), payment("20", id="pi_2")))
    assert (found.amount, found.due) == (euros("20"), euros("60"))
    assert (found.owner_email, found.number) == ("anne@hexalab.example", "F-1")
    back = told(money(payment(refunded=euros("20"))), money(payment(refunded=euros("50"))))
    assert back.amount == euros("30")
    assert told(PAID, DISPUTED).amount == euros("120")
    assert told(money(), money(failed=True)).amount == euros("120")


@pytest.mark.parametrize("state", DisputeState)
def test_of_several_disputes_it_tells_what_the_new_one_is_about(state: DisputeState) -> None:
    first = dispute(state, "30")
    one = money(payment(disputes=(first,)))
    two = money(payment(disputes=(first, dispute(state, "50", id="dp_2"))))
    assert told(one, two).amount == euros("50")


@pytest.mark.parametrize(
    ("due_on", "days"), [(date(2026, 10, 30), 2), (date(2026, 11, 1), 0), (date(2026, 11, 6), -5)]
)
def test_it_tells_how_early_or_late_by_the_days_of_the_company(due_on: date, days: int) -> None:
    found = told(None, money(payment(), of=invoice(InvoiceState.PAID, due_on=due_on, number="F-1")))
    assert (found.days_late, found.paid_on) == (days, date(2026, 11, 1))


def test_the_same_state_is_the_same_news_and_another_is_not() -> None:
    steps = (money(payment("40")), PAID, money(payment(refunded=euros("20"))), DISPUTED)
    keys = [told(before, after).key for before, after in pairwise((money(), *steps))]
    assert len(set(keys)) == len(keys)
    assert told(None, PAID).key == told(money(payment("40")), PAID).key


def test_each_refund_that_fails_is_told_with_its_amount_also_after_another_of_the_same() -> None:
    back, keys = money(payment(refunded=euros("20"))), []
    standing = standing_of(PAID)
    for _ in range(2):
        for after, kind in ((back, K.REFUNDED), (PAID, K.REFUND_FAILED)):
            now = standing_of(after, standing)
            found = news_of(standing, now, after, deal(), CLOCK, at=NOW)
            assert found
            assert (found.kind, found.amount) == (kind, euros("20"))
            keys.append(found.key)
            standing = now
    assert len(set(keys)) == len(keys)


def test_a_refund_that_failed_before_is_no_news_for_a_deal_that_hears_of_the_invoice_now() -> None:
    failed = standing_of(PAID, standing_of(money(payment(refunded=euros("20")))))
    assert kind_of_change(None, failed) is K.PAID


def test_finance_hears_of_what_is_more_than_a_payment() -> None:
    assert {kind for kind in NewsKind if not kind.of_finance} == {K.PAID, K.PARTLY_PAID, K.FAILED}
