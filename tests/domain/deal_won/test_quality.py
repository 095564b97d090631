"""The quality gate: each dirty deal gets exactly its question."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Unreadable
from raccord.texts.problems import say_problem_markdown
from tests.domain.deal_won.dirty import DIRTY
from tests.domain.deal_won.selling import (
    COMPANY,
    CUT_OVER,
    LINE,
    PRIVATE,
    SERVICES,
    exported,
    lined,
    of,
    plan_of,
    problems_of,
)
from tests.domain.samples import (
    SIREN,
    SIRET,
    TODAY,
    VAT,
    abroad,
    address,
    company,
    deal,
    line,
    policy,
    rules,
    terms,
)
from tests.domain.spoken import say_reason, say_remedy, two_languages


@pytest.mark.parametrize("name", DIRTY)
def test_one_dirty_fact_is_one_question_about_that_fact(name: str) -> None:
    found, expected = DIRTY[name]
    examination = examine(found, SERVICES, TODAY)
    assert [(p.cause, str(p.record), p.field) for p in examination.problems] == [expected]
    assert examination.plan is None


@pytest.mark.parametrize("name", DIRTY)
def test_every_question_is_asked_in_french_and_in_english(name: str) -> None:
    for found in problems_of(DIRTY[name][0], SERVICES):
        assert two_languages(found)
        assert f"{say_reason(found, 'en')} *{say_remedy(found, 'en')}*" in say_problem_markdown(found, "en")


def test_the_question_quotes_what_was_typed() -> None:
    typed = {
        "Elbonia": of(address=address(country=None), country_text="Elbonia"),
        "73282932000079": of(siret="73282932000079"),
        "19.6": lined(vat_rate=Decimal("19.6")),
        "monthly": lined(recurring="monthly"),
        "EURO": deal(currency="EURO"),
        "100.01": deal(amount=Decimal("100.01")),
    }
    for text, found in typed.items():
        (only,) = problems_of(found)
        assert text in say_reason(only, "en")
        assert text.replace(".", ",") in say_reason(only, "fr")


def test_a_long_unreadable_value_is_cut() -> None:
    (only,) = problems_of(deal(unreadable=(Unreadable(record="deal", field="amount", value="9" * 5000),)))
    assert len(say_reason(only, "en")) < 100


@pytest.mark.parametrize(
    ("field", "empty"), [("price", "unit_price"), ("quantity", "quantity"), ("vat_rate", "vat_rate")]
)
def test_what_cannot_be_read_is_not_called_missing_too(field: str, empty: str) -> None:
    typed = Unreadable(record=LINE, field=field, value="mille")
    second = line(id="42", **{empty: None})
    found = problems_of(deal(lines=(line(**{empty: None}), second), unreadable=(typed,)))
    assert [(p.cause is Cause.UNREADABLE, str(p.record), p.field) for p in found] == [
        (True, LINE, field),
        (False, "line item 42", field),
    ]


def test_amounts_are_not_compared_where_a_discount_cannot_be_read() -> None:
    typed = Unreadable(record=LINE, field="discount", value="5 + 10 %")
    counted = deal(lines=(line(amount=Decimal("90")),), amount=Decimal("90"))
    assert [p.cause for p in problems_of(counted)] == [Cause.AMOUNT]
    assert [p.cause for p in problems_of(counted.model_copy(update={"unreadable": (typed,)}))] == [
        Cause.UNREADABLE
    ]
    elsewhere = Unreadable(record="deal", field="service_date", value="demain")
    found = problems_of(counted.model_copy(update={"unreadable": (elsewhere,)}))
    assert [p.cause for p in found] == [Cause.UNREADABLE, Cause.AMOUNT]


def test_a_deal_without_close_date_is_a_question_only_where_a_cut_over_is_set() -> None:
    (only,) = problems_of(deal(won_on=None), CUT_OVER)
    assert (only.cause, str(only.record), only.field) == (Cause.DATE, "deal", "won_on")
    assert plan_of(deal(won_on=None)).service_date == TODAY


def test_all_problems_of_a_deal_are_asked_at_once() -> None:
    dirty = deal(
        unreadable=(Unreadable(record="deal", field="amount", value="?"),),
        companies=(company(name="", email="nobody", siret="1", address=address(country=None)),),
        lines=(line(id="1", quantity=None, vat_rate=None), line(id="2", name="", unit_price=Decimal(-1))),
        currency="EURO",
        payment_terms=terms(-1),
        won_on=None,
    )
    assert [(p.cause, str(p.record), p.field) for p in problems_of(dirty, CUT_OVER)] == [
        (Cause.UNREADABLE, "deal", "amount"),
        (Cause.CURRENCY, "deal", "currency"),
        (Cause.QUANTITY, "line item 1", "quantity"),
        (Cause.VAT, "line item 1", "vat_rate"),
        (Cause.LINES, "line item 2", "name"),
        (Cause.PRICE, "line item 2", "price"),
        (Cause.ADDRESS, COMPANY, "name"),
        (Cause.ADDRESS, COMPANY, "country"),
        (Cause.IDENTIFIER, COMPANY, "siret"),
        (Cause.EMAIL, COMPANY, "billing_email"),
        (Cause.TERMS, "deal", "payment_terms_days"),
        (Cause.DATE, "deal", "won_on"),
    ]


def test_a_line_without_a_name_does_not_hide_its_rate() -> None:
    found = problems_of(deal(lines=(line(name="", vat_rate=Decimal(0)),)))
    assert [(p.cause, str(p.record), p.field) for p in found] == [
        (Cause.LINES, LINE, "name"),
        (Cause.VAT, LINE, "vat_rate"),
    ]
    by_default = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(0))))
    assert [p.field for p in problems_of(lined(name="", vat_rate=None), by_default)] == ["name", "vat_rate"]


def test_every_number_of_a_private_person_is_asked_about_at_once() -> None:
    person = of(individual=True, siret=SIRET, siren=SIREN, vat_number=VAT)
    assert [p.field for p in problems_of(person, PRIVATE)] == ["siret", "siren", "vat_number"]


@pytest.mark.parametrize("linked", [(), (company(), company(id="13", siret=""))])
def test_a_deal_without_one_company_still_shows_a_missing_footer(linked: tuple[Any, ...]) -> None:
    by = policy(invoice=rules(late_payment_mention=True))
    found = problems_of(deal(companies=linked), by)
    assert [(str(p.record), p.field) for p in found] == [("deal", "company"), ("settings", "invoice.footers")]


def test_private_persons_of_whom_none_is_primary_owe_no_footer() -> None:
    linked = (company(individual=True, siret=""), company(id="13", individual=True, siret=""))
    by = policy(invoice=rules(late_payment_mention=True))
    assert [p.field for p in problems_of(deal(companies=linked), by)] == ["company"]


def test_a_foreign_number_in_a_french_field_is_to_be_deleted() -> None:
    for field in ("siret", "siren"):
        (only,) = problems_of(deal(companies=(abroad("DE", **{"siret": "", field: "HRB 12345"}),)))
        assert "Videz ce champ" in say_remedy(only, "fr")
        assert "Empty this field" in say_remedy(only, "en")
        (home,) = problems_of(of(**{"siret": SIRET, field: "12345"}))
        assert "Empty" not in say_remedy(home, "en")


@pytest.mark.parametrize("seller", ["FR", "MC"])
def test_vat_in_another_currency_is_left_to_a_person_and_no_other_sale_is(seller: str) -> None:
    vat = rules().vat.model_copy(update={"seller_country": seller})
    by = policy(invoice=rules(vat=vat, operations=Operations.GOODS))
    (only,) = problems_of(deal(currency="usd"), by)
    assert only.cause is Cause.CURRENCY
    assert "USD" in say_reason(only, "fr")
    assert "euros" in say_remedy(only, "en")
    plan_of(exported(currency="USD"), by)
    belgian = policy(invoice=rules(vat=VatPolicy(seller_country="BE")))
    plan_of(deal(currency="USD"), belgian)


def test_no_mentioned_cause_carries_data() -> None:
    assert all(cause.value.replace("_", "").isalpha() for cause in Cause)


@pytest.mark.parametrize("price", ["1E+12", "1E+99", "1E+300"])
def test_an_absurd_amount_is_a_question_and_never_an_exception(price: str) -> None:
    found = examine(lined(unit_price=Decimal(price)), policy(), TODAY)
    assert [p.cause for p in found.problems] == [Cause.AMOUNT]
    assert found.plan is None
