"""The quality gate: each dirty deal gets exactly its question, a clean one its plan."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.quality import examine, net_of
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal, Discount, LineItem, Unreadable
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import Contact
from raccord.domain.values.totals import VatRounding
from raccord.texts.problems import say_problem_markdown
from tests.domain.deal_won.selling import (
    COMPANY,
    CUT_OVER,
    LINE,
    NO_CONTACT,
    ONE_STOP_SHOP,
    PRIVATE,
    at,
    exported,
    lined,
    of,
    per_unit,
    percent,
    plan_of,
    problems_of,
    zero,
)
from tests.domain.samples import (
    DEAL,
    OTHER_SIREN,
    OTHER_VAT,
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
)
from tests.domain.spoken import say_reason, say_remedy, two_languages

# One dirty fact each: the deal, then cause, record and field of its only problem.
DIRTY: dict[str, tuple[Deal, tuple[Cause, str, str]]] = {
    "a value that cannot be read": (
        deal(unreadable=(Unreadable(record=LINE, field="price", value="12,x"),)),
        (Cause.UNREADABLE, LINE, "price"),
    ),
    "no company": (deal(companies=()), (Cause.COMPANY, "deal", "company")),
    "two companies": (
        deal(companies=(company(), company(id="13", siret=""))),
        (Cause.COMPANY, "deal", "company"),
    ),
    "an old currency": (deal(currency="FRF"), (Cause.CURRENCY, "deal", "currency")),
    "the currency of no transaction": (deal(currency="XXX"), (Cause.CURRENCY, "deal", "currency")),
    "French VAT in dollars": (deal(currency="USD"), (Cause.CURRENCY, "deal", "currency")),
    "a name that is none": (of(name="-"), (Cause.ADDRESS, COMPANY, "name")),
    "a street that is none": (at(line1="n/a"), (Cause.ADDRESS, COMPANY, "address")),
    "a postal code that is none": (at(postal_code="."), (Cause.ADDRESS, COMPANY, "zip")),
    "a city that is none": (at(city="?"), (Cause.ADDRESS, COMPANY, "city")),
    "four digits of a postal code": (at(postal_code="1000"), (Cause.ADDRESS, COMPANY, "zip")),
    "letters for a postal code": (at(postal_code="ABC"), (Cause.ADDRESS, COMPANY, "zip")),
    "a Corsican department": (at(postal_code="2A004"), (Cause.ADDRESS, COMPANY, "zip")),
    "a post box overseas": (at(postal_code="BP 12 97400"), (Cause.ADDRESS, COMPANY, "zip")),
    "zeros for a postal code": (at(postal_code="00000"), (Cause.ADDRESS, COMPANY, "zip")),
    "Monaco with a French postal code": (
        deal(companies=(abroad("MC", postal_code="97400"),)),
        (Cause.ADDRESS, COMPANY, "zip"),
    ),
    "a German number in the SIRET field": (
        deal(companies=(abroad("DE", siret="HRB 12345"),)),
        (Cause.IDENTIFIER, COMPANY, "siret"),
    ),
    "a one-stop-shop number for a VAT number": (
        deal(companies=(abroad("DE", vat_number=ONE_STOP_SHOP),)),
        (Cause.IDENTIFIER, COMPANY, "vat_number"),
    ),
    "no company name": (of(name=""), (Cause.ADDRESS, COMPANY, "name")),
    "a blank company name": (of(name="  "), (Cause.ADDRESS, COMPANY, "name")),
    "no street": (at(line1=""), (Cause.ADDRESS, COMPANY, "address")),
    "no postal code": (at(postal_code=""), (Cause.ADDRESS, COMPANY, "zip")),
    "no city": (at(city=""), (Cause.ADDRESS, COMPANY, "city")),
    "no country": (at(country=None), (Cause.ADDRESS, COMPANY, "country")),
    "an unknown country": (
        of(address=address(country=None), country_text="Elbonia"),
        (Cause.ADDRESS, COMPANY, "country"),
    ),
    "overseas": (at(postal_code="97110"), (Cause.VAT, COMPANY, "zip")),
    "overseas with a space": (at(postal_code="97 110"), (Cause.VAT, COMPANY, "zip")),
    "overseas by country": (at(country="RE", postal_code="97400"), (Cause.VAT, COMPANY, "zip")),
    "no SIRET": (of(siret=""), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a mistyped SIRET": (of(siret="73282932000079"), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a SIRET of zeros": (of(siret="0" * 14), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a SIRET eaten by a spreadsheet": (of(siret="7.32829E+13"), (Cause.IDENTIFIER, COMPANY, "siret")),
    "a mistyped SIREN": (of(siren="732829321"), (Cause.IDENTIFIER, COMPANY, "siren")),
    "a mistyped VAT number": (of(vat_number="FR45732829320"), (Cause.IDENTIFIER, COMPANY, "vat_number")),
    "SIREN and SIRET of two companies": (of(siren=OTHER_SIREN), (Cause.IDENTIFIER, COMPANY, "siren")),
    "SIRET and VAT number of two companies": (
        of(vat_number=OTHER_VAT),
        (Cause.IDENTIFIER, COMPANY, "siren"),
    ),
    "no e-mail": (
        deal(companies=(company(email=""),), **NO_CONTACT),
        (Cause.EMAIL, COMPANY, "billing_email"),
    ),
    "two e-mails in one field": (of(email="a@b.fr, c@d.fr"), (Cause.EMAIL, COMPANY, "billing_email")),
    "an e-mail without a domain": (of(email="compta@acme"), (Cause.EMAIL, COMPANY, "billing_email")),
    "an e-mail with a header in it": (
        of(email="a@b.fr\r\nBcc: x@y.fr"),
        (Cause.EMAIL, COMPANY, "billing_email"),
    ),
    "no lines": (deal(lines=()), (Cause.LINES, "deal", "line_items")),
    "251 lines": (
        deal(lines=tuple(line(id=str(i)) for i in range(251))),
        (Cause.LINES, "deal", "line_items"),
    ),
    "a line without a name": (lined(name=" "), (Cause.LINES, LINE, "name")),
    "no quantity": (lined(quantity=None), (Cause.QUANTITY, LINE, "quantity")),
    "quantity 0": (lined(quantity=Decimal("0.00")), (Cause.QUANTITY, LINE, "quantity")),
    "a negative quantity": (lined(quantity=Decimal(-1)), (Cause.QUANTITY, LINE, "quantity")),
    "no price": (lined(unit_price=None), (Cause.PRICE, LINE, "price")),
    "no price, 10 % off": (lined(unit_price=None, discount=percent("10")), (Cause.PRICE, LINE, "price")),
    "no price, 10 off": (lined(unit_price=None, discount=per_unit("10")), (Cause.PRICE, LINE, "price")),
    "a negative price": (lined(unit_price=Decimal("-0.01")), (Cause.PRICE, LINE, "price")),
    "a negative price, 10 % off": (
        lined(unit_price=Decimal(-50), discount=percent("10")),
        (Cause.PRICE, LINE, "price"),
    ),
    "more than 100 % off": (lined(discount=percent("100.01")), (Cause.DISCOUNT, LINE, "discount")),
    "a discount below 0 %": (lined(discount=percent("-5")), (Cause.DISCOUNT, LINE, "discount")),
    "more off than the price": (lined(discount=per_unit("50.01")), (Cause.DISCOUNT, LINE, "discount")),
    "a negative amount off": (lined(discount=per_unit("-1")), (Cause.DISCOUNT, LINE, "discount")),
    "150 % off a free line": (
        deal(lines=(line(id="1"), line(unit_price=Decimal(0), discount=percent("150")))),
        (Cause.DISCOUNT, LINE, "discount"),
    ),
    "no VAT rate": (lined(vat_rate=None), (Cause.VAT, LINE, "vat_rate")),
    "an unknown VAT rate": (lined(vat_rate=Decimal("19.6")), (Cause.VAT, LINE, "vat_rate")),
    "a rate nearly 20": (lined(vat_rate=Decimal("20.0000001")), (Cause.VAT, LINE, "vat_rate")),
    "a rate as a fraction": (lined(vat_rate=Decimal("0.2")), (Cause.VAT, LINE, "vat_rate")),
    "a negative rate": (lined(vat_rate=Decimal(-20)), (Cause.VAT, LINE, "vat_rate")),
    "a line in another currency": (lined(currency="USD"), (Cause.CURRENCY, LINE, "currency")),
    "a subscription": (lined(recurring="monthly"), (Cause.RECURRING, LINE, "recurring")),
    "a line the CRM counts otherwise": (lined(amount=Decimal("99.99")), (Cause.AMOUNT, LINE, "amount")),
    "no currency": (deal(currency=None), (Cause.CURRENCY, "deal", "currency")),
    "an unknown currency": (deal(currency="EURO"), (Cause.CURRENCY, "deal", "currency")),
    "a deal amount that its lines do not make": (
        deal(amount=Decimal("100.01")),
        (Cause.AMOUNT, "deal", "amount"),
    ),
    "an absurd deal amount": (deal(amount=Decimal("1E+300")), (Cause.AMOUNT, "deal", "amount")),
    "a deal amount of 0": (deal(amount=Decimal(0)), (Cause.AMOUNT, "deal", "amount")),
    "nothing to pay": (lined(unit_price=Decimal(0)), (Cause.AMOUNT, "deal", "amount")),
    "all given away": (lined(discount=percent("100")), (Cause.AMOUNT, "deal", "amount")),
    "a price that rounds to nothing": (
        lined(unit_price=Decimal("0.0024")),
        (Cause.AMOUNT, "deal", "amount"),
    ),
    "a negative term": (deal(payment_terms_days=-1), (Cause.TERMS, "deal", "payment_terms_days")),
    "a term beyond a year": (deal(payment_terms_days=366), (Cause.TERMS, "deal", "payment_terms_days")),
    "a company's term beyond a year": (
        of(payment_terms_days=3000),
        (Cause.TERMS, COMPANY, "payment_terms_days"),
    ),
    "no order number for a customer who wants one": (
        of(order_number_required=True),
        (Cause.COMPANY, "deal", "purchase_order"),
    ),
    "a blank order number for a customer who wants one": (
        deal(companies=(company(order_number_required=True),), purchase_order=" "),
        (Cause.COMPANY, "deal", "purchase_order"),
    ),
    "a private person, without a rule": (
        of(siret="", individual=True),
        (Cause.COMPANY, COMPANY, "individual"),
    ),
    "a Northern Irish VAT number mistyped": (
        deal(companies=(abroad("GB", vat_number="XI123456789"),)),
        (Cause.IDENTIFIER, COMPANY, "vat_number"),
    ),
    "Saint-Pierre-et-Miquelon": (at(postal_code="97500"), (Cause.VAT, COMPANY, "zip")),
    "Polynesia": (at(postal_code="98714"), (Cause.VAT, COMPANY, "zip")),
    "New Caledonia by country": (
        deal(companies=(abroad("NC"),)),
        (Cause.VAT, COMPANY, "zip"),
    ),
    "0 % at home": (zero(company()), (Cause.VAT, LINE, "vat_rate")),
    "0 % and 20 % at home": (
        deal(lines=(line(id="1"), line(vat_rate=Decimal(0)))),
        (Cause.VAT, LINE, "vat_rate"),
    ),
    "0 % and 20 % exported": (
        deal(companies=(abroad("US"),), lines=(line(id="1"), line(vat_rate=Decimal(0)))),
        (Cause.VAT, LINE, "vat_rate"),
    ),
    "0 % in the Union without a VAT number": (zero(abroad("DE")), (Cause.VAT, COMPANY, "vat_number")),
    "0 % in Ireland with a Northern Irish number": (
        zero(abroad("IE", vat_number="XI366303068")),
        (Cause.VAT, COMPANY, "vat_number"),
    ),
    "0 % in Belfast, of nobody knows what": (
        zero(abroad("GB", postal_code="BT1 5GS")),
        (Cause.VAT, "settings", "invoice.operations"),
    ),
    "0 % in the Canary Islands": (
        zero(abroad("ES", postal_code="35001", vat_number="ESA58818501")),
        (Cause.VAT, COMPANY, "zip"),
    ),
}


@pytest.mark.parametrize("name", DIRTY)
def test_one_dirty_fact_is_one_question_about_that_fact(name: str) -> None:
    found, expected = DIRTY[name]
    examination = examine(found, policy(), TODAY)
    assert [(p.cause, str(p.record), p.field) for p in examination.problems] == [expected]
    assert examination.plan is None


@pytest.mark.parametrize("name", DIRTY)
def test_every_question_is_asked_in_french_and_in_english(name: str) -> None:
    for found in problems_of(DIRTY[name][0]):
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
        payment_terms_days=-1,
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
    by = policy(invoice=rules(vat=rules().vat.model_copy(update={"seller_country": seller})))
    (only,) = problems_of(deal(currency="usd"), by)
    assert only.cause is Cause.CURRENCY
    assert "USD" in say_reason(only, "fr")
    assert "euros" in say_remedy(only, "en")
    plan_of(exported(currency="USD"), by)
    belgian = policy(invoice=rules(vat=VatPolicy(seller_country="BE")))
    plan_of(deal(currency="USD"), belgian)


def test_no_mentioned_cause_carries_data() -> None:
    assert all(cause.value.replace("_", "").isalpha() for cause in Cause)


CLEAN: dict[str, Deal] = {
    "ordinary": deal(),
    "SIREN instead of SIRET": of(siret="", siren=SIREN),
    "French VAT number alone": of(siret="", vat_number=VAT),
    "all identifiers": of(siren=SIREN, siret=SIRET, vat_number=VAT),
    "La Poste": of(siret="35600000049837"),
    "identifiers with spaces": of(siret="732 829 320 00074", vat_number="FR 44 732 829 320"),
    "a free line beside a paid one": deal(lines=(line(), line(id="2", unit_price=Decimal(0)))),
    "a line given away beside a paid one": deal(lines=(line(), line(id="2", discount=percent("100")))),
    "a discount of 0 %": lined(discount=percent("0")),
    "a discount of nothing": lined(discount=Discount()),
    "the whole price off": deal(lines=(line(), line(id="2", discount=per_unit("50")))),
    "a third of an hour": lined(quantity=Decimal("0.333"), amount=Decimal("16.65")),
    "CRM amounts with many decimals": lined(
        quantity=Decimal("0.333"), unit_price=Decimal(85), amount=Decimal("28.305")
    ),
    "five rates without 0": deal(
        lines=tuple(line(id=r, vat_rate=Decimal(r)) for r in ("20", "20.00", "10", "5.5", "2.1"))
    ),
    "the amount its lines make": deal(amount=Decimal("100.00")),
    "no term": deal(payment_terms_days=None),
    "cash": deal(payment_terms_days=0),
    "a year": deal(payment_terms_days=365),
    "e-mail of a contact": of(email=""),
    "currency in small letters": deal(currency="eur", lines=(line(currency="EUR"),)),
    "currency with a space": deal(currency=" EUR ", lines=(line(currency="EUR"),)),
    "yen in small letters": exported(
        currency="jpy", quantity=Decimal("1.5"), unit_price=Decimal(333), amount=Decimal(500)
    ),
    "yen with a space": exported(currency=" JPY ", quantity=Decimal("1.5"), unit_price=Decimal(333)),
    "dinars": exported(currency="KWD", unit_price=Decimal("0.333"), amount=Decimal("0.666")),
    "a postal code with its country": at(postal_code="F-75 002"),
    "Hong Kong, which has no postal codes": deal(
        companies=(company(siret="", address=address(country="HK", postal_code="")),)
    ),
    "Monaco": deal(companies=(abroad("MC"),)),
    "an EU customer with VAT": deal(companies=(abroad("DE"),)),
    "a customer outside the EU with VAT": deal(companies=(abroad("CH"),)),
    "a Swiss VAT number": deal(companies=(abroad("CH", vat_number="CHE-107.787.577 TVA"),)),
    "a British VAT number": zero(abroad("GB", vat_number="GB980780684")),
    "the order number its customer wants": deal(
        companies=(company(order_number_required=True),), purchase_order="PO-9"
    ),
    "a French Monaco postal code": at(postal_code="98000"),
    "250 lines": deal(lines=tuple(line(id=str(i)) for i in range(250))),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_deal_gets_a_plan(name: str) -> None:
    found = CLEAN[name]
    plan = plan_of(found)
    assert len(plan.lines) == len(found.lines)
    assert plan.currency == (found.currency or "").strip().upper()


def test_a_thousand_lines_are_one_invoice_where_the_billing_system_takes_them() -> None:
    many = deal(lines=tuple(line(id=str(i), unit_price=Decimal("0.01")) for i in range(1000)))
    assert [p.cause for p in problems_of(many)] == [Cause.LINES]
    plan = plan_of(many, policy(max_lines=1000))
    assert plan.totals(VatRounding.PER_LINE).net.minor == 2000


def test_the_plan_carries_exactly_the_deals_lines() -> None:
    (made,) = plan_of(
        lined(quantity=Decimal("0.333"), unit_price=Decimal("19.99"), discount=percent("15"))
    ).lines
    assert (made.name, made.quantity, made.list_price) == ("Conseil", Decimal("0.333"), Decimal("19.99"))
    assert (made.unit_price, made.discount_percent) == (Decimal("16.9915"), Decimal(15))
    assert made.vat_rate == Decimal(20)


def test_an_amount_off_each_unit_lowers_the_unit_price() -> None:
    (made,) = plan_of(lined(discount=per_unit("0.005"))).lines
    assert (made.list_price, made.unit_price, made.discount_percent) == (
        Decimal("50.00"),
        Decimal("49.995"),
        None,
    )


@pytest.mark.parametrize("rate", ["19.6", "19", "21", "0.2", "200", "8.5"])
def test_an_unknown_rate_never_becomes_20_percent(rate: str) -> None:
    with_default = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(20))))
    (only,) = problems_of(lined(vat_rate=Decimal(rate)), with_default)
    assert only.cause is Cause.VAT


def test_a_missing_rate_takes_the_companys_default_and_only_that() -> None:
    with_default = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(10))))
    (made,) = plan_of(lined(vat_rate=None), with_default).lines
    assert made.vat_rate == Decimal(10)
    (only,) = problems_of(lined(vat_rate=None))
    assert only.cause is Cause.VAT


def test_a_default_rate_the_company_does_not_use_is_a_question() -> None:
    odd = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(19))))
    assert [p.cause for p in problems_of(lined(vat_rate=None), odd)] == [Cause.VAT]


@pytest.mark.parametrize(
    ("basis", "amount", "clean"),
    [
        (AmountBasis.NET, "100", True),
        (AmountBasis.NET, "100.004", True),
        (AmountBasis.NET, "120", False),
        (AmountBasis.NET, "99.99", False),
        (AmountBasis.GROSS, "120", True),
        (AmountBasis.GROSS, "100", False),
        (AmountBasis.GROSS, "120.01", False),
    ],
)
def test_the_deals_amount_is_net_or_gross_by_setting(basis: AmountBasis, amount: str, clean: bool) -> None:
    found = problems_of(deal(amount=Decimal(amount)), policy(invoice=rules(amount_basis=basis)))
    assert [p.cause for p in found] == ([] if clean else [Cause.AMOUNT])


@pytest.mark.parametrize(
    ("rounding", "amount"), [(VatRounding.PER_LINE, "3.63"), (VatRounding.PER_RATE, "3.64")]
)
def test_a_gross_amount_is_compared_by_the_vendors_rounding(rounding: VatRounding, amount: str) -> None:
    three = tuple(line(id=str(i), quantity=Decimal(1), unit_price=Decimal("1.01")) for i in range(3))
    under = policy(invoice=rules(amount_basis=AmountBasis.GROSS), vat_rounding=rounding)
    plan_of(deal(lines=three, amount=Decimal(amount)), under)
    other = Decimal("7.27") - Decimal(amount)
    assert [p.cause for p in problems_of(deal(lines=three, amount=other), under)] == [Cause.AMOUNT]


@pytest.mark.parametrize(
    ("own", "contacts", "email"),
    [
        ("compta@acme.fr", (("a@acme.fr", True),), "compta@acme.fr"),
        ("", (("a@acme.fr", False), ("b@acme.fr", True)), "b@acme.fr"),
        ("", (("a@acme.fr", False), ("b@acme.fr", False)), "a@acme.fr"),
        (" ", (("", True), ("b@acme.fr ", False)), "b@acme.fr"),
    ],
)
def test_the_invoice_goes_to_the_billing_address_then_the_billing_contact(
    own: str, contacts: tuple[tuple[str, bool], ...], email: str
) -> None:
    people = tuple(Contact(id=str(i), email=e, billing=b) for i, (e, b) in enumerate(contacts))
    assert plan_of(deal(companies=(company(email=own),), contacts=people)).profile.email == email


@pytest.mark.parametrize(
    ("of_deal", "of_company", "due_on"),
    [
        (None, None, date(2026, 12, 22)),
        (None, 45, date(2027, 1, 6)),
        (10, 45, date(2026, 12, 2)),
        (0, 45, TODAY),
        (None, 0, TODAY),
    ],
)
def test_the_deals_term_wins_over_the_companys_and_that_over_ours(
    of_deal: int | None, of_company: int | None, due_on: date
) -> None:
    found = deal(payment_terms_days=of_deal, companies=(company(payment_terms_days=of_company),))
    order = plan_of(found).order(InvoiceReference(deal=DEAL), "cus_1", TODAY, policy())
    assert (order.issued_on, order.due_on) == (TODAY, due_on)


@pytest.mark.parametrize(
    ("service", "won", "expected"),
    [
        (date(2026, 10, 1), date(2026, 11, 20), date(2026, 10, 1)),
        (None, date(2026, 11, 20), date(2026, 11, 20)),
        (None, None, TODAY),
    ],
)
def test_the_service_date_is_the_mapped_one_else_the_close_date(
    service: date | None, won: date | None, expected: date
) -> None:
    assert plan_of(deal(service_date=service, won_on=won)).service_date == expected


def test_the_order_is_the_plan_and_its_customer() -> None:
    order = plan_of(deal(purchase_order="PO-9")).order(
        InvoiceReference(deal=DEAL, cycle=2), "cus_9", TODAY, policy()
    )
    assert (order.customer_id, order.purchase_order, order.siret) == ("cus_9", "PO-9", SIRET)
    assert (order.currency, order.language, order.reference.cycle) == ("EUR", "fr", 2)
    assert order.totals(VatRounding.PER_LINE) == plan_of(deal()).totals(VatRounding.PER_LINE)


def test_the_profile_carries_only_what_is_proven() -> None:
    found = plan_of(of(siret="732 829 320 00074", vat_number="fr44 732829320")).profile
    assert (found.siren, found.siret, found.vat_number) == (SIREN, SIRET, VAT)
    assert found.crm_company == "crm:12"
    british = plan_of(deal(companies=(abroad("GB", vat_number="GB980780684"),))).profile
    assert (british.siren, british.siret, british.vat_number) == (None, None, None)


LINES: list[tuple[LineItem, ...]] = [(line(), line(id="2", quantity=Decimal("0.333"))), (line(),)]


@pytest.mark.parametrize("lines", LINES)
def test_the_rollout_judges_the_net_amount_of_the_lines(lines: tuple[LineItem, ...]) -> None:
    found = deal(lines=lines, amount=Decimal(9999))
    expected = plan_of(deal(lines=lines)).totals(VatRounding.PER_LINE).net.amount
    assert net_of(found, policy()) == expected


def test_the_rollout_judges_the_typed_amount_where_lines_say_nothing() -> None:
    assert net_of(deal(lines=(), amount=Decimal(70)), policy()) == Decimal(70)
    assert net_of(deal(currency="EURO", amount=Decimal(70)), policy()) == Decimal(70)
    assert net_of(deal(lines=(), amount=None), policy()) == Decimal(0)


@pytest.mark.parametrize("price", ["1E+12", "1E+99", "1E+300"])
def test_an_absurd_amount_is_a_question_and_never_an_exception(price: str) -> None:
    found = examine(lined(unit_price=Decimal(price)), policy(), TODAY)
    assert [p.cause for p in found.problems] == [Cause.AMOUNT]
    assert found.plan is None
