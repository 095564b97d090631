from datetime import date
from decimal import Decimal
from typing import Any

from raccord.domain.payment.candidates import Reason, deals_for, invoices_for
from raccord.domain.values.deal import FoundDeal
from raccord.domain.values.money import Money
from tests.domain.payment.money import received, unpaid
from tests.domain.samples import DEAL, invoice

ISSUED = invoice(number="F-1", issued_on=date(2026, 11, 20))
R = Reason


def found(id: str = "7", **changes: Any) -> FoundDeal:
    ref = DEAL.model_copy(update={"id": id})
    base = {"ref": ref, "name": "Refonte", "won": True, "amount": Decimal(100), "currency": "EUR"}
    return FoundDeal(**(base | changes))


def test_a_deal_of_its_customer_is_offered_by_amount_or_date_and_never_for_its_company_alone() -> None:
    near = found("8", amount=Decimal(999), won_on=date(2026, 10, 1))
    gross = found("9", amount=Decimal("120.00"))
    far = found("10", amount=Decimal(999), won_on=date(2025, 1, 1))
    both = found("11", won_on=date(2026, 11, 19))
    offered = deals_for(ISSUED, (near, gross, far, both))
    assert [(each.deal.ref.id, each.reasons) for each in offered] == [
        ("11", (R.SAME_CUSTOMER, R.SAME_AMOUNT, R.NEAR)),
        ("8", (R.SAME_CUSTOMER, R.NEAR)),
        ("9", (R.SAME_CUSTOMER, R.SAME_AMOUNT)),
    ]


def test_a_deal_that_is_not_won_or_shows_an_invoice_is_not_offered() -> None:
    assert deals_for(ISSUED, (found(won=False), found(invoice_number="F-0"))) == ()


def test_amounts_of_another_currency_or_finer_than_their_own_are_not_alike() -> None:
    assert (
        deals_for(ISSUED, (found(currency="USD"), found(amount=Decimal("100.001")), found(currency=None)))
        == ()
    )


def test_a_payment_is_offered_its_customers_invoices_and_others_of_the_very_amount_or_named() -> None:
    theirs = unpaid("50", id="in_2", number="F-2")
    of_another = unpaid("120", id="in_3", number="F-3", customer_id="cus_2")
    named = unpaid("7", id="in_4", number="F-2026-0042", customer_id="cus_3")
    neither = unpaid("7", id="in_5", number="F-5", customer_id="cus_4")
    payment = received(description="Règlement facture f 2026/0042, merci")
    offered = invoices_for(payment, (theirs, of_another, named, neither))
    assert [(each.invoice.id, each.reasons) for each in offered] == [
        ("in_2", (R.SAME_CUSTOMER,)),
        ("in_3", (R.SAME_AMOUNT,)),
        ("in_4", (R.NAMED,)),
    ]


def test_a_payment_pays_no_invoice_in_another_currency_and_a_stranger_has_no_customers_invoices() -> None:
    dollars = Money(amount=Decimal(120), currency="USD")
    assert invoices_for(received(), (unpaid(due="120").model_copy(update={"due": dollars}),)) == ()
    assert invoices_for(received("5", customer_id=""), (unpaid(customer_id=""),)) == ()


def test_a_number_that_is_a_part_of_another_word_names_nothing() -> None:
    payment = received("5", customer_id="cus_9", description="ref F-12 et XF-1")
    assert invoices_for(payment, (unpaid(number="F-1"),)) == ()
