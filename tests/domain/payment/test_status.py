from datetime import date, timedelta
from decimal import Decimal

import pytest

from raccord.domain.payment.status import (
    PaymentStatus,
    fully_paid,
    paid_on,
    returned,
    status_of,
    status_of_all,
    sums,
)
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.invoice import InvoiceReference, InvoiceState, Part
from raccord.domain.values.money import Money
from raccord.domain.values.payment import DisputeState, InvoiceMoney
from tests.domain.payment.money import LATER, THE_31ST, dispute, euros, money, payment
from tests.domain.samples import DEAL, invoice

CLOCK = BusinessClock(zone="Europe/Paris")
S = PaymentStatus
VOID = money(of=invoice(InvoiceState.VOID, number="F-9"), due=euros("0"))
CREDITED = money(of=invoice(InvoiceState.PAID, number="F-8", credited="120"), due=euros("0"))
UNCOLLECTIBLE = money(of=invoice(InvoiceState.UNCOLLECTIBLE, number="F-7"))
REFUNDED = money(payment(refunded=euros("120")))
PARTLY_REFUNDED = money(payment(refunded=euros("20")))
DISPUTED = money(payment(disputes=(dispute(),)))


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (money(), S.OPEN),
        (money(processing=True), S.OPEN),
        (money(payment("40")), S.PARTLY_PAID),
        (money(payment("40"), payment("80", id="pi_2")), S.PAID),
        (money(payment()), S.PAID),
        (money(payment("150")), S.OVERPAID),
        (REFUNDED, S.REFUNDED),
        (PARTLY_REFUNDED, S.PARTLY_REFUNDED),
        (money(payment("40", refunded=euros("20")), payment("80")), S.PARTLY_REFUNDED),
        (money(payment("150", refunded=euros("30"))), S.PAID),
        (money(payment("150", refunded=euros("10"))), S.OVERPAID),
        (money(payment("150", refunded=euros("50"))), S.PARTLY_REFUNDED),
        (money(payment("150", refunded=euros("150"))), S.REFUNDED),
        (DISPUTED, S.DISPUTED),
        (money(payment(disputes=(dispute(DisputeState.WON),))), S.PAID),
        (money(payment(disputes=(dispute(DisputeState.LOST),))), S.REFUNDED),
        (money(payment(disputes=(dispute(DisputeState.LOST, "30"),))), S.PARTLY_REFUNDED),
        (CREDITED, S.CREDITED),
        (money(payment(refunded=euros("120")), of=CREDITED.invoice, due=euros("0")), S.CREDITED),
        (money(payment("100"), of=invoice(InvoiceState.PAID, credited="20")), S.PAID),
        (VOID, S.VOID),
        (UNCOLLECTIBLE, S.UNCOLLECTIBLE),
        (money(payment("40"), of=UNCOLLECTIBLE.invoice), S.UNCOLLECTIBLE),
        (money(payment(), of=UNCOLLECTIBLE.invoice), S.PAID),
    ],
)
def test_an_invoice_is_judged_by_what_its_money_came_to(found: InvoiceMoney, status: PaymentStatus) -> None:
    assert status_of(found) is status
    assert status_of_all((found,)) is status


@pytest.mark.parametrize(
    ("every", "status"),
    [
        ((money(), money(payment())), S.PARTLY_PAID),
        ((money(), money()), S.OPEN),
        ((money(payment()), money(payment())), S.PAID),
        ((money(payment()), money(payment("150"))), S.OVERPAID),
        ((money(payment()), VOID), S.PAID),
        ((money(), CREDITED), S.OPEN),
        ((VOID, CREDITED), S.CREDITED),
        ((VOID, VOID), S.VOID),
        ((money(payment()), DISPUTED), S.DISPUTED),
        ((money(payment()), REFUNDED), S.PARTLY_REFUNDED),
        ((REFUNDED, REFUNDED), S.REFUNDED),
        ((money(payment()), UNCOLLECTIBLE), S.UNCOLLECTIBLE),
        ((money(), UNCOLLECTIBLE), S.OPEN),
    ],
)
def test_a_deal_is_paid_when_all_its_invoices_are(
    every: tuple[InvoiceMoney, ...], status: PaymentStatus
) -> None:
    assert status_of_all(every) is status
    assert status_of_all(every[::-1]) is status


def test_a_paid_deposit_is_a_part_until_its_balance_is_issued() -> None:
    def part(part: Part) -> InvoiceMoney:
        reference = InvoiceReference(deal=DEAL, part=part)
        return money(payment(), of=invoice(InvoiceState.PAID, reference=reference))

    assert status_of_all((part(Part.DEPOSIT),)) is S.PARTLY_PAID
    assert not fully_paid((part(Part.DEPOSIT),))
    assert status_of_all((part(Part.DEPOSIT), part(Part.BALANCE))) is S.PAID
    assert fully_paid((part(Part.DEPOSIT), part(Part.BALANCE)))


@pytest.mark.parametrize(
    ("every", "whole"),
    [
        ((money(payment()),), True),
        ((money(payment("150")),), True),
        ((money(payment("150", refunded=euros("30"))),), True),
        ((money(payment()), VOID), True),
        ((money(payment("40")),), False),
        ((REFUNDED,), False),
        ((PARTLY_REFUNDED,), False),
        ((DISPUTED,), False),
        ((CREDITED,), False),
        ((VOID,), False),
        ((money(of=invoice(InvoiceState.PAID, credited="0"), due=euros("0")),), False),
    ],
)
def test_only_what_came_in_and_stayed_is_fully_paid(every: tuple[InvoiceMoney, ...], *, whole: bool) -> None:
    assert fully_paid(every) is whole


def test_the_day_is_that_of_the_payment_in_the_zone_of_the_company() -> None:
    assert paid_on((money(payment()),), CLOCK) == date(2026, 11, 1)
    in_summer = THE_31ST.replace(month=7, hour=22, minute=5)
    assert paid_on((money(payment(paid_at=in_summer)),), CLOCK) == date(2026, 8, 1)
    in_winter = THE_31ST.replace(month=12, hour=22, minute=5)
    assert paid_on((money(payment(paid_at=in_winter)),), CLOCK) == date(2026, 12, 31)


def test_the_day_of_several_is_the_last_and_is_kept_when_money_goes_back() -> None:
    other = money(payment(paid_at=LATER, id="pi_2"))
    assert paid_on((money(payment()), other), CLOCK) == date(2026, 11, 9)
    assert paid_on((money(payment()), money()), CLOCK) is None
    assert paid_on((REFUNDED,), CLOCK) == date(2026, 11, 1)
    assert paid_on((CREDITED,), CLOCK) is None
    assert paid_on((money(payment("40")),), CLOCK) is None


def test_currencies_are_never_added() -> None:
    dollars = Money(amount=Decimal("5"), currency="USD")
    assert sums((euros("1"), dollars, euros("2"))) == (euros("3"), dollars)
    assert sums(()) == ()


def test_what_went_back_is_refunds_and_lost_disputes() -> None:
    lost, won = dispute(DisputeState.LOST, "30"), dispute(DisputeState.WON, "50", id="dp_2")
    found = money(payment("60", refunded=euros("10"), disputes=(lost, won)), payment("60", id="pi_2"))
    assert returned(found) == euros("40")
    assert paid_on((found,), CLOCK) == (THE_31ST + timedelta(hours=1)).date()
