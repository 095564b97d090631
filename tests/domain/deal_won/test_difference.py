"""Whether a deal still says what its invoice says, credit notes counted in."""

from decimal import Decimal

import pytest

from raccord.domain.deal_won.difference import comes_to_the_same
from raccord.domain.values.invoice import InvoiceState
from tests.domain.samples import deal, invoice, line, policy, priced, totals


@pytest.mark.parametrize(
    ("unit_price", "credited", "same"),
    [
        ("50", "0", True),
        ("45", "0", False),
        ("45", "12", True),
        ("45", "11.99", False),
        ("50", "12", True),
        ("50", "0.01", True),
    ],
)
def test_a_credit_note_brings_the_invoice_after_its_deal(unit_price: str, credited: str, same: bool) -> None:
    edited = deal(lines=(line(quantity=Decimal(2), unit_price=Decimal(unit_price)),))
    issued = invoice(InvoiceState.OPEN, credited=credited, totals=totals(priced("2", "50", "20")))
    assert comes_to_the_same(edited, issued, policy()) is same
