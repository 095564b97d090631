"""Prices, discounts and taxes of lines as the page's section 1 has them; every result is net of VAT."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.invoicing import AmountBasis, Recurring
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Discount, LineItem, Unreadable
from raccord.domain.values.money import round_half_up
from raccord.domain.values.totals import VatRounding
from raccord.vendors.pipedrive.lines import lines
from raccord.vendors.pipedrive.wire import DealDiscount, Product
from tests.domain.deal_won.selling import plan_of, problems_of
from tests.domain.samples import WORDS, deal, policy, rules

D = Decimal


def product(**more: Any) -> Product:
    given = {"id": 3, "name": "Audit", "item_price": D(100), "quantity": D(1), "tax": D(20)}
    return Product.model_validate(given | {"tax_method": "exclusive", "currency": "EUR"} | more)


def off(amount: str, type: str) -> DealDiscount:
    return DealDiscount(id="30195b0e", description="fidélité", amount=D(amount), type=type)


def one(product: Product, *discounts: DealDiscount) -> LineItem:
    notes: list[Unreadable] = []
    found = lines([product], discounts, (500, 500), notes)
    assert notes == []
    return found[0]


def unreadable(product: Product) -> list[str]:
    notes: list[Unreadable] = []
    lines([product], (), (500, 500), notes)
    return [each.field for each in notes]


@pytest.mark.parametrize(
    ("method", "tax", "price", "rate"),
    [
        ("exclusive", 20, D(100), D(20)),
        ("inclusive", 20, D("83.33333333"), D(20)),
        ("inclusive", D("5.5"), D("94.78672986"), D("5.5")),
        ("none", 0, D(100), None),
        ("none", 20, D(100), None),
        ("exclusive", 0, D(100), D(0)),
    ],
)
def test_a_price_becomes_net_of_vat(method: str, tax: Any, price: Decimal, rate: Decimal | None) -> None:
    found = one(product(tax_method=method, tax=tax))
    assert (found.unit_price, found.vat_rate) == (price, rate)


def under(*, default: int | None, rates: tuple[int, ...] = (20, 0)) -> DealWonPolicy:
    """The rules of a seller who says why some of its sales are exempt."""
    words = WORDS | {"exempt_fr": "Exonération de TVA"}
    default_rate = None if default is None else D(default)
    vat = VatPolicy(rates=tuple(map(D, rates)), default_rate=default_rate, zero_rate_reasons=words)
    return policy(invoice=rules(vat=vat))


def asked(policy: DealWonPolicy, *products: Product) -> list[str]:
    sold = lines(products, (), (500, 500), [])
    return [each.message.code for each in problems_of(deal(lines=sold), policy)]


@pytest.mark.parametrize("default", [None, 20])
def test_a_product_to_which_no_tax_is_added_is_a_question_whatever_the_default(default: int | None) -> None:
    assert asked(under(default=default), product(tax_method="none", tax=0)) == ["line.untaxed"]


def test_who_charges_no_vat_at_all_is_not_asked_about_no_tax() -> None:
    free = under(default=0, rates=(0,))
    assert asked(free, product(tax_method="none")) == asked(free, product(tax=0)) == []


def test_a_tax_that_nobody_may_have_entered_is_a_question_where_vat_is_charged() -> None:
    untold, typed = product(id=1, tax=0), product(id=2)
    assert asked(under(default=20), untold) == ["vat.zero_untold"]
    assert asked(under(default=None), untold, typed) == ["vat.zero_untold"]
    assert asked(under(default=None), untold) == asked(under(default=20), typed) == []


def test_lines_switched_off_ask_nothing() -> None:
    off = product(id=2, is_enabled=False)
    assert asked(under(default=None), product(id=1, tax=0), off) == []


def test_lines_that_are_switched_off_are_not_sold_and_the_others_keep_their_order() -> None:
    three = [product(id=1, order_nr=2), product(id=2, order_nr=1), product(id=3, is_enabled=False)]
    assert [each.id for each in lines(three, (), (500, 500), [])] == ["2", "1"]
    assert lines([product(is_enabled=False)], [off("10", "amount")], (500, 500), []) == ()


def test_a_subscription_says_its_period() -> None:
    assert one(product(billing_frequency="monthly")).recurring == "monthly"
    assert one(product(billing_frequency="one-time")).recurring is None


def test_a_share_of_the_line_and_shares_of_the_deal_are_one_after_the_other() -> None:
    line = product(discount=D(10), discount_type="percentage")
    assert one(line).discount == Discount(percent=D(10))
    assert one(line, off("10", "percentage")).discount == Discount(percent=D(19))
    assert one(product(), off("10", "percentage"), off("50", "percentage")).discount == Discount(
        percent=D(55)
    )


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (D("270"), Discount(whole=D(30))),
        (D("324"), Discount(whole=D(30))),
        (D("210"), Discount(per_unit=D(30))),
        (D("252"), Discount(per_unit=D(30))),
    ],
)
def test_an_amount_is_off_what_the_lines_sum_says_with_or_without_tax(
    total: Decimal, expected: Discount
) -> None:
    assert one(product(quantity=D(3), discount=D(30), discount_type="amount", sum=total)).discount == expected


def test_an_amount_that_no_sum_explains_is_a_question() -> None:
    given = {"quantity": D(3), "discount": D(30), "discount_type": "amount"}
    assert unreadable(product(sum=D(111), **given)) == ["discount"]
    assert unreadable(product(**given)) == ["discount"]
    assert unreadable(product(discount=D(1), discount_type="other")) == ["discount_type"]
    assert unreadable(product(tax_method="other")) == ["tax_method"]


def test_an_amount_with_vat_in_it_becomes_net_too() -> None:
    given = {"tax_method": "inclusive", "item_price": D(120), "discount": D(12), "discount_type": "amount"}
    found = one(product(**given))
    assert (found.unit_price, found.discount) == (D("100.00000000"), Discount(whole=D("10.00000000")))
    assert one(product(**given), off("50", "percentage")).discount == Discount(whole=D("55.00000000"))


@pytest.mark.parametrize("quantity", [1, 3])
@pytest.mark.parametrize("rate", [D(20), D("5.5")])
@pytest.mark.parametrize("with_vat", [True, False])
@pytest.mark.parametrize("taxed", [True, False])
def test_whether_an_amount_has_vat_in_it_beside_prices_that_have_is_what_the_lines_sum_says(
    quantity: int, rate: Decimal, *, with_vat: bool, taxed: bool
) -> None:
    factor = 1 + rate / 100
    price, net = 100 * factor, 100 * quantity - (D(10) / factor if with_vat else D(10))
    total = round_half_up(net * (factor if taxed else 1), 2)
    given = {"tax_method": "inclusive", "tax": rate, "item_price": price, "quantity": D(quantity)}
    sold = one(product(discount=D(10), discount_type="amount", sum=total, **given))
    plan = plan_of(deal(lines=(sold,)), policy(invoice=rules(vat=VatPolicy(rates=(rate,)))))
    assert plan.totals(VatRounding.PER_LINE).net.amount == round_half_up(net, 2)


@pytest.mark.parametrize("method", ["inclusive", "exclusive"])
def test_of_one_unit_too_an_amount_that_no_sum_explains_is_a_question(method: str) -> None:
    given = {"discount": D(10), "discount_type": "amount", "tax_method": method}
    assert unreadable(product(sum=D(97), **given)) == ["discount"]


def test_without_vat_an_amount_is_the_same_with_it() -> None:
    given = {"discount": D(10), "discount_type": "amount", "tax_method": "inclusive", "tax": 0}
    assert one(product(sum=D(90), **given)).discount == Discount(whole=D(10))


@pytest.mark.parametrize(
    ("quantity", "total", "value"), [(1, None, "900"), (3, "2900", "2900"), (3, "2700", "2700")]
)
@pytest.mark.parametrize("period", [None, "monthly"])
def test_an_amount_off_a_line_is_off_its_invoice(
    quantity: int, total: str | None, value: str, period: str | None
) -> None:
    off = {"discount": D(100), "discount_type": "amount", "sum": total and D(total)}
    sold = one(product(item_price=D(1000), quantity=D(quantity), billing_frequency=period, **off))
    first = policy(invoice=rules(recurring=Recurring.INVOICE_FIRST_PERIOD))
    plan = plan_of(deal(lines=(sold,), amount=D(value)), first)
    assert plan.totals(VatRounding.PER_LINE).net.amount == D(value)


def test_an_amount_off_the_deal_becomes_a_line_that_takes_it_off() -> None:
    _, taken = lines([product()], [off("12.34", "amount")], (500, 500), [])
    assert taken.reduction
    assert (taken.unit_price, taken.quantity, taken.vat_rate) == (D("-12.3400"), D(1), None)


def test_a_price_with_vat_to_which_no_invoice_comes_is_a_cent_more_or_a_question() -> None:
    (sold,) = lines([product(item_price=D("99.99"), tax_method="inclusive")], (), (500, 500), [])
    totals = plan_of(deal(lines=(sold,), amount=D("83.33")), policy()).totals(VatRounding.PER_LINE)
    assert (totals.net.amount, totals.gross.amount) == (D("83.33"), D("100.00"))
    gross = policy(invoice=rules(amount_basis=AmountBasis.GROSS))
    for under, code in ((policy(), "deal.net_differs"), (gross, "deal.gross_differs")):
        found = problems_of(deal(lines=(sold,), amount=D("99.99")), under)
        assert [each.message.code for each in found] == [code]


def test_a_calculated_number_is_without_its_binary_tail() -> None:
    assert one(product(item_price=D("3.3000000000000003"))).unit_price == D("3.3")
