"""Whether a deal still says what its invoice says, credit notes counted in."""

from decimal import Decimal

import pytest

from raccord.domain.deal_won.difference import other_amount
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
    assert other_amount(edited, issued, policy()) == (() if same else None)


@pytest.mark.parametrize(
    ("amount", "credited", "said"), [("100", "0", []), ("90", "0", ["deal.net_differs"]), ("90", "12", [])]
)
def test_an_edited_amount_over_the_same_lines_is_said(amount: str, credited: str, said: list[str]) -> None:
    edited = deal(amount=Decimal(amount), lines=(line(quantity=Decimal(2), unit_price=Decimal(50)),))
    issued = invoice(InvoiceState.OPEN, credited=credited, totals=totals(priced("2", "50", "20")))
    assert [each.message.code for each in other_amount(edited, issued, policy()) or ()] == said


@pytest.mark.parametrize("currency", ["USD", ""])
def test_another_currency_is_never_the_same(currency: str) -> None:
    issued = invoice(InvoiceState.OPEN, totals=totals(priced("2", "50", "20")))
    assert other_amount(deal(currency=currency), issued, policy()) is None
