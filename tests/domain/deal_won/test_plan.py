"""A clean deal gets its plan: exactly its lines, dates, terms and customer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.quality import net_of
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import AmountBasis
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal, Discount, LineItem
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import Company, Contact
from raccord.domain.values.totals import VatRounding
from tests.domain.deal_won.selling import (
    SERVICES,
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
    GERMAN_VAT,
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
    "no term": deal(payment_terms=None),
    "cash": deal(payment_terms=terms(0)),
    "a year": deal(payment_terms=terms(365)),
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
    plan = plan_of(found, SERVICES)
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
    assert (made.unit_price, made.discount) == (Decimal("16.9915"), percent("15"))
    assert made.vat_rate == Decimal(20)


def test_an_amount_off_each_unit_lowers_the_unit_price() -> None:
    (made,) = plan_of(lined(discount=per_unit("0.005"))).lines
    assert (made.list_price, made.unit_price, made.discount) == (
        Decimal("50.00"),
        Decimal("49.995"),
        per_unit("0.005"),
    )


@pytest.mark.parametrize(
    ("changes", "shown", "ours"),
    [
        ({"unit_price": Decimal("11.90"), "discount": percent("15")}, "10.11", "10.12"),
        ({"unit_price": Decimal("99.95"), "discount": percent("10")}, "89.95", "89.96"),
        (
            {"unit_price": Decimal("11.90"), "discount": percent("15"), "quantity": Decimal(3)},
            "30.34",
            "30.35",
        ),
        ({"unit_price": Decimal("33.333"), "quantity": Decimal(3)}, "99.99", "100.00"),
        ({"unit_price": Decimal("0.015"), "quantity": Decimal(7)}, "0.10", "0.11"),
    ],
)
def test_where_rounding_alone_differs_the_crms_amount_is_invoiced(
    changes: dict[str, Any], shown: str, ours: str
) -> None:
    whole = {"quantity": Decimal(1)} | changes
    by_us = plan_of(lined(**whole, amount=Decimal(ours))).lines[0]
    assert (by_us.priced.net("EUR"), by_us.computed_net) == (Decimal(ours), None)
    as_signed = plan_of(lined(**whole, amount=Decimal(shown))).lines[0]
    assert (as_signed.priced.net("EUR"), as_signed.computed_net) == (Decimal(shown), Decimal(ours))
    assert (as_signed.quantity, as_signed.discount) == (whole["quantity"], whole.get("discount"))


@pytest.mark.parametrize("shown", ["10.10", "10.13", "9.11"])
def test_a_difference_that_rounding_does_not_explain_is_a_question(shown: str) -> None:
    (only,) = problems_of(
        lined(unit_price=Decimal("11.90"), quantity=Decimal(1), discount=percent("15"), amount=Decimal(shown))
    )
    assert (only.cause, only.field) == (Cause.AMOUNT, "amount")


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


@pytest.mark.parametrize(
    "elsewhere",
    [
        abroad("US"),
        abroad("CH"),
        abroad("DE", vat_number=GERMAN_VAT),
        company(address=address(postal_code="97400", city="Saint-Denis")),
        company(address=address(country="RE", postal_code="97400")),
    ],
)
def test_the_default_rate_counts_at_home_only(elsewhere: Company) -> None:
    with_default = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(20))))
    found = problems_of(deal(companies=(elsewhere,), lines=(line(vat_rate=None),)), with_default)
    assert (Cause.VAT, "vat_rate") in [(p.cause, p.field) for p in found]


def test_the_default_rate_counts_in_monaco_and_where_the_country_is_still_asked_for() -> None:
    with_default = policy(invoice=rules(vat=VatPolicy(default_rate=Decimal(20))))
    monaco = abroad("MC", postal_code="98000")
    assert (
        plan_of(deal(companies=(monaco,), lines=(line(vat_rate=None),)), with_default).lines[0].vat_rate == 20
    )
    nowhere = company(siren="", siret="", vat_number="", address=address(country=None))
    found = problems_of(deal(companies=(nowhere,), lines=(line(vat_rate=None),)), with_default)
    assert [p.field for p in found] == ["country"]


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
    found = deal(payment_terms=terms(of_deal), companies=(company(payment_terms=terms(of_company)),))
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
    assert net_of(found) == expected


def test_the_rollout_judges_every_line_sound_or_not() -> None:
    unsound = (line(), line(id="2", vat_rate=None, name=""), line(id="3", unit_price=None, amount=Decimal(7)))
    whole = deal(lines=unsound, amount=Decimal(120))
    assert net_of(whole) == 2 * net_of(deal(lines=(line(),))) + 7
    one_says_nothing = (line(), line(id="2", unit_price=None, amount=None))
    assert net_of(deal(lines=one_says_nothing, amount=Decimal(9999))) == Decimal(9999)
    assert net_of(deal(lines=one_says_nothing, amount=Decimal(1))) == net_of(deal(lines=(line(),)))


def test_the_rollout_judges_the_typed_amount_where_lines_say_nothing() -> None:
    assert net_of(deal(lines=(), amount=Decimal(70))) == Decimal(70)
    assert net_of(deal(currency="EURO", lines=(), amount=Decimal(70))) == Decimal(70)
    assert net_of(deal(lines=(), amount=None)) == Decimal(0)
