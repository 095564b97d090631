import pytest

from raccord.domain.onboarding.money import NotPaid, not_paid
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.payment import DisputeState, InvoiceMoney
from raccord.domain.values.totals import Totals
from tests.domain.payment.money import dispute, euros, money, payment
from tests.domain.samples import invoice


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (money(payment()), None),
        (money(payment("150")), None),
        (money(payment("150", refunded=euros("30"))), None),
        (money(payment(refunded=euros("20"))), NotPaid.REFUNDED),
        (money(payment(disputes=(dispute(),))), NotPaid.DISPUTED),
        (money(payment(disputes=(dispute(DisputeState.LOST),))), NotPaid.DISPUTED),
        (money(payment(disputes=(dispute(DisputeState.WON),))), None),
        (money(payment("40")), NotPaid.OPEN),
        (money(of=invoice(InvoiceState.DRAFT), due=euros("0")), NotPaid.OPEN),
        (money(of=invoice(InvoiceState.VOID), due=euros("0")), NotPaid.VOID),
        (money(of=invoice(InvoiceState.PAID, credited="120"), due=euros("0")), NotPaid.CREDITED),
    ],
)
def test_an_invoice_is_paid_for_onboarding_as_it_is_for_its_deal(
    found: InvoiceMoney, reason: NotPaid | None
) -> None:
    assert not_paid((found,)) is reason


def test_what_comes_to_nothing_is_nothing_to_welcome_anybody_for() -> None:
    nothing = Totals(net=euros("0"), vat=(), gross=euros("0"))
    free = invoice(InvoiceState.PAID).model_copy(update={"totals": nothing})
    assert not_paid((money(of=free, due=euros("0")),)) is NotPaid.NOTHING_TO_PAY
