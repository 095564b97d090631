"""What the company decided once in its settings: subscriptions, deals of 0, and lines that take money off."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from raccord.domain.deal_won.difference import differences, other_amount
from raccord.domain.deal_won.outcome import NotForUs, gate
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.rules.invoicing import NothingToPay, Recurring
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Discount, LineItem, Unreadable
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.totals import Totals, VatRounding
from tests.domain.deal_won.selling import percent, plan_of, problems_of
from tests.domain.samples import TODAY, deal, invoice, line, policy, rules

LEAVING = policy(invoice=rules(recurring=Recurring.LEAVE))
FIRST = policy(invoice=rules(recurring=Recurring.INVOICE_FIRST_PERIOD))
ENDING = policy(invoice=rules(nothing_to_pay=NothingToPay.END))
MONTHLY = line(id="2", name="Support", unit_price=Decimal(30), recurring="monthly")


def off(taken: str, rate: str | None = "20", name: str = "Remise", **changes: Any) -> LineItem:
    vat_rate = None if rate is None else Decimal(rate)
    base = {"id": "9", "name": name, "quantity": Decimal(1), "unit_price": -Decimal(taken)}
    return line(**(base | {"vat_rate": vat_rate} | changes))


def codes(found: tuple[LineItem, ...], under: DealWonPolicy | None = None) -> list[str]:
    return [each.message.code for each in problems_of(deal(lines=found), under)]


def warned(found: tuple[LineItem, ...], under: DealWonPolicy) -> list[str]:
    warnings = examine(deal(lines=found, service_date=TODAY), under, TODAY).warnings
    return [each.message.code for each in warnings]


def totals_of(*lines: LineItem) -> Totals:
    return plan_of(deal(lines=lines)).totals(VatRounding.PER_RATE)


class TestSubscriptions:
    def test_they_are_a_question_by_default(self) -> None:
        assert codes((line(), MONTHLY)) == ["line.recurring"]

    def test_left_out_the_rest_is_invoiced_and_somebody_is_told(self) -> None:
        plan = plan_of(deal(lines=(line(), MONTHLY), amount=Decimal(130)), LEAVING)
        assert [each.name for each in plan.lines] == ["Conseil"]
        assert warned((line(), MONTHLY), LEAVING) == ["line.left_out"]

    def test_nothing_else_is_wrong_with_a_line_that_is_left_out(self) -> None:
        left = MONTHLY.model_copy(update={"vat_rate": Decimal(0), "quantity": None})
        assert codes((line(), left), LEAVING) == []

    def test_a_deal_of_subscriptions_alone_has_ended(self) -> None:
        only = deal(lines=(MONTHLY,))
        assert gate(only, LEAVING) is NotForUs.ONLY_RECURRING
        assert gate(only, policy()) is gate(only, FIRST) is gate(deal(lines=()), LEAVING) is None

    def test_the_first_period_is_invoiced_and_somebody_is_told(self) -> None:
        plan = plan_of(deal(lines=(line(), MONTHLY), amount=Decimal(460)), FIRST)
        assert plan.totals(VatRounding.PER_LINE).net.amount == Decimal(160)
        assert warned((line(), MONTHLY), FIRST) == ["line.first_period"]


class TestNothingToPay:
    FREE = line(unit_price=Decimal(0))

    def test_it_is_a_question_by_default(self) -> None:
        assert codes((self.FREE,)) == ["deal.nothing_to_pay"]
        assert gate(deal(lines=(self.FREE,)), policy()) is None

    @pytest.mark.parametrize(
        "lines", [(FREE,), (line(discount=percent("100")),), (line(), off("100")), (FREE, FREE)]
    )
    def test_it_ends_where_the_settings_say_so(self, lines: tuple[LineItem, ...]) -> None:
        assert gate(deal(lines=lines), ENDING) is NotForUs.NOTHING_TO_PAY
        assert gate(deal(lines=lines, amount=Decimal(0)), ENDING) is NotForUs.NOTHING_TO_PAY

    def test_a_deal_without_lines_ends_only_when_it_says_0(self) -> None:
        assert gate(deal(lines=(), amount=Decimal(0)), ENDING) is NotForUs.NOTHING_TO_PAY
        assert gate(deal(lines=()), ENDING) is None

    def test_what_is_not_known_to_be_free_goes_on(self) -> None:
        unread = (Unreadable(record="line item 41", field="price", value="12,x"),)
        for found in (
            deal(),
            deal(lines=(self.FREE,), amount=Decimal(5)),
            deal(lines=(line(unit_price=None),)),
            deal(lines=(self.FREE,), unreadable=unread),
        ):
            assert gate(found, ENDING) is None


class TestLinesThatTakeMoneyOff:
    @pytest.mark.parametrize(
        "name", ["Remise", "REMISE commerciale 10 %", "Rabais", "Discount", "Réduction", "Geste commercial"]
    )
    def test_the_others_become_cheaper(self, name: str) -> None:
        (made,) = plan_of(deal(lines=(line(), off("10", name=name)), amount=Decimal(90))).lines
        assert (made.priced.net("EUR"), made.list_price) == (Decimal(90), Decimal(50))
        assert made.discount
        assert made.discount.whole == Decimal(10)
        assert warned((line(), off("10", name=name)), policy()) == ["line.reduction_spread"]

    @pytest.mark.parametrize("name", ["Consigne", "Avoir", "Conseil", "Remisage"])
    def test_any_other_negative_line_stays_a_question(self, name: str) -> None:
        assert codes((line(), off("10", name=name))) == ["line.price_negative"]

    def test_it_stays_within_its_vat_rate(self) -> None:
        low = line(id="2", unit_price=Decimal(30), vat_rate=Decimal("5.5"))
        totals = totals_of(line(), low, off("10", "5.5"))
        assert {t.rate: t.base.amount for t in totals.vat} == {Decimal(20): 100, Decimal("5.5"): 50}

    def test_without_a_rate_it_is_taken_off_all(self) -> None:
        low = line(id="2", unit_price=Decimal(50), vat_rate=Decimal("5.5"))
        totals = totals_of(line(), low, off("20", None))
        assert {t.rate: t.base.amount for t in totals.vat} == {Decimal(20): 90, Decimal("5.5"): 90}

    def test_a_default_rate_is_not_put_on_it(self) -> None:
        under = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(20))))
        low = line(vat_rate=Decimal("5.5"))
        (made,) = plan_of(deal(lines=(low, off("10", None))), under).lines
        assert (made.vat_rate, made.priced.net("EUR")) == (Decimal("5.5"), Decimal(90))

    @pytest.mark.parametrize(
        ("reduction", "code"),
        [
            (off("100.01"), "line.reduction_too_large"),
            (off("10", "5.5"), "line.reduction_too_large"),
            (off("10", "7"), "line.vat_rate_unknown"),
            (off("10", amount=Decimal(-11)), "line.reduction_differs"),
            (off("10", discount=percent("50")), "line.reduction_discounted"),
            (off("10", discount=Discount(whole=Decimal(1))), "line.reduction_discounted"),
            (off("10", currency="USD"), "line.other_currency"),
            (off("10", recurring="monthly"), "line.recurring"),
        ],
    )
    def test_one_that_cannot_be_meant_is_a_question(self, reduction: LineItem, code: str) -> None:
        assert codes((line(), reduction)) == [code]

    def test_what_is_larger_than_everything_is_not_hidden_by_the_amount(self) -> None:
        assert codes((line(), off("250"))) == ["line.reduction_too_large"]

    @hypothesis_settings(max_examples=60)
    @given(
        st.lists(
            st.tuples(
                st.decimals("1", "9999.99", places=2),
                st.decimals("0.1", "500", places=1),
                st.sampled_from(("20", "10", "5.5")),
            ),
            min_size=1,
            max_size=12,
        ),
        st.decimals("0.01", "0.99", places=2),
    )
    def test_the_totals_are_those_of_all_lines_to_the_cent(
        self, sold: list[tuple[Decimal, Decimal, str]], share: Decimal
    ) -> None:
        lines = tuple(
            line(id=str(n), unit_price=price, quantity=quantity, vat_rate=Decimal(rate))
            for n, (price, quantity, rate) in enumerate(sold)
        )
        before = totals_of(*lines)
        base = next(t.base.amount for t in before.vat if t.rate == Decimal(sold[0][2]).normalize())
        taken = (base * share).quantize(Decimal("0.01"))
        if not taken or taken == before.net.amount:
            return
        after = totals_of(*lines, off(str(taken), sold[0][2]))
        assert after.net.amount == before.net.amount - taken
        for old, new in zip(before.vat, after.vat, strict=True):
            here = taken if old.rate == Decimal(sold[0][2]).normalize() else 0
            assert new.base.amount == old.base.amount - here
        assert all(each.unit_price >= 0 for each in _lines(lines, taken, sold[0][2]))


def _lines(lines: tuple[LineItem, ...], taken: Decimal, rate: str) -> tuple[InvoiceLine, ...]:
    return plan_of(deal(lines=(*lines, off(str(taken), rate)))).lines


def test_a_deal_is_compared_with_its_invoice_as_it_was_invoiced() -> None:
    """Default rates, reductions and subscriptions that are left out are no edit."""
    vat = VatPolicy(default_rate=Decimal(20))
    under = policy(invoice=rules(vat=vat, recurring=Recurring.LEAVE))
    found = deal(lines=(line(vat_rate=None), off("10", None), MONTHLY))
    issued = invoice(totals=plan_of(found, under).totals(VatRounding.PER_LINE))
    assert other_amount(found, issued, under) == ()
    assert [each.message.code for each in differences(found, issued, (), under)] == ["edited.only_on_deal"]
