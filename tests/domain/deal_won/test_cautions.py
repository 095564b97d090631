"""What a person should know about an invoice that is issued all the same."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import Examination, examine
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import IndividualRule, Operations, PublicBodies, Recurring
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import Day
from raccord.domain.values.money import Money
from raccord.domain.values.totals import VatRounding
from tests.domain.deal_won.selling import SERVICES
from tests.domain.samples import (
    GERMAN_VAT,
    TODAY,
    abroad,
    company,
    customer,
    deal,
    line,
    policy,
    rules,
    terms,
)
from tests.domain.spoken import say_reason, spoken, two_languages

SERVED = date(2026, 11, 20)


def served(**changes: Any) -> Deal:
    """A deal with a service date, so that nothing is worth a warning but what is changed."""
    return deal(**({"service_date": SERVED} | changes))


def judged(found: Deal, by: DealWonPolicy | None = None, today: date = TODAY) -> Examination:
    examination = examine(found, by or policy(), today)
    assert examination.plan is not None
    assert examination.plan.warnings == examination.warnings
    for each in examination.warnings:
        assert two_languages(each)
    return examination


def warned(found: Deal, by: DealWonPolicy | None = None, today: date = TODAY) -> list[tuple[Cause, str]]:
    return [(each.cause, each.field) for each in judged(found, by, today).warnings]


def test_an_ordinary_deal_is_worth_no_warning() -> None:
    assert warned(served()) == []


@pytest.mark.parametrize(("won_on", "shown"), [(SERVED, "20/11/2026"), (None, "22/11/2026")])
def test_a_service_date_that_was_assumed_is_said(won_on: date | None, shown: str) -> None:
    (only,) = judged(deal(won_on=won_on)).warnings
    assert (only.cause, str(only.record), only.field) == (Cause.DATE, "deal", "service_date")
    assert shown in say_reason(only, "fr")
    assert spoken(Day(day=won_on or TODAY)) in say_reason(only, "en")


@pytest.mark.parametrize(
    ("service", "far"),
    [
        (date(2025, 11, 22), False),
        (date(2025, 11, 20), True),
        (date(2027, 11, 22), False),
        (date(2027, 11, 25), True),
        (date(2062, 11, 20), True),
        (date(1926, 11, 20), True),
    ],
)
def test_a_service_date_years_away_is_doubted(service: date, far: bool) -> None:
    found = judged(deal(service_date=service)).warnings
    assert [(w.cause, str(w.record), w.field) for w in found] == (
        [(Cause.DATE, "deal", "service_date")] if far else []
    )
    assert all(f"{service:%d/%m/%Y}" in say_reason(w, "fr") for w in found)
    assert all(spoken(Day(day=service)) in say_reason(w, "en") for w in found)


TERMS = (Cause.TERMS, "payment_terms_days")


@pytest.mark.parametrize(("days", "long"), [(0, False), (30, False), (60, False), (61, True), (365, True)])
def test_more_than_60_days_between_french_companies_is_warned_and_never_blocked(
    days: int, long: bool
) -> None:
    ours = policy(invoice=rules(payment_terms_days=days))
    said = [
        judged(served(payment_terms=terms(days))),
        judged(served(companies=(company(payment_terms=terms(days)),))),
        judged(served(), ours),
    ]
    assert [[(w.cause, str(w.record), w.field) for w in each.warnings] for each in said] == [
        [(Cause.TERMS, record, field)] if long else []
        for record, field in (
            ("deal", "payment_terms_days"),
            ("company 12", "payment_terms_days"),
            ("settings", "invoice.payment_terms_days"),
        )
    ]


@pytest.mark.parametrize(("days", "long"), [(30, False), (45, False), (46, True), (60, True)])
def test_end_of_month_allows_45_days_whenever_the_invoice_is_issued(days: int, long: bool) -> None:
    by = policy(invoice=rules(end_of_month=True))
    for n in range(0, 60, 5):
        issued = date(2026, 11, 10) + timedelta(days=n)
        found = served(payment_terms=terms(days), service_date=issued)
        assert warned(found, by, issued) == ([TERMS] if long else [])


def test_a_term_that_is_too_long_is_named() -> None:
    (only,) = judged(served(payment_terms=terms(60, month_end=True))).warnings
    assert "(60 jours fin de mois)" in say_reason(only, "fr")
    assert "(60 days, end of month)" in say_reason(only, "en")


def test_no_lawful_term_is_ever_warned_on_any_day_of_a_leap_year() -> None:
    by = policy(invoice=rules(end_of_month=True))
    for n in range(0, 366, 5):
        issued = date(2024, 1, 1) + timedelta(days=n)
        assert warned(served(payment_terms=terms(45), service_date=issued), by, issued) == []
        assert warned(served(payment_terms=terms(60), service_date=issued), None, issued) == []


def test_the_warning_shows_the_day_it_would_be_due() -> None:
    (only,) = judged(served(payment_terms=terms(90))).warnings
    assert "20/02/2027" in say_reason(only, "fr")
    assert "20 Feb 2027" in say_reason(only, "en")


@pytest.mark.parametrize("country", ["CH", "DE", "MC", "US"])
def test_the_limit_binds_a_french_seller_wherever_the_professional_is(country: str) -> None:
    assert TERMS in warned(served(payment_terms=terms(61), companies=(abroad(country),)))
    assert TERMS not in warned(served(payment_terms=terms(60), companies=(abroad(country),)))


def test_the_limit_is_for_french_sellers_and_professionals() -> None:
    person = company(siret="", individual=True)
    by = policy(invoice=rules(individuals=IndividualRule.INVOICE))
    assert warned(served(payment_terms=terms(90), companies=(person,)), by) == []
    belgian = policy(invoice=rules(vat=VatPolicy(seller_country="BE")))
    assert warned(served(payment_terms=terms(90)), belgian) == []


def test_an_impossible_term_is_a_problem_and_not_a_warning() -> None:
    found = examine(served(payment_terms=terms(10**9)), policy(), TODAY)
    assert [p.cause for p in found.problems] == [Cause.TERMS]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("customer", "doubted"),
    [
        (abroad("DE", vat_number=GERMAN_VAT), True),
        (abroad("GR", vat_number="GR 094259216"), True),
        (abroad("GB", vat_number="XI366303068"), True),
        (abroad("DE"), False),
        (abroad("DE", vat_number="FR44732829320"), False),
        (abroad("MC", vat_number=GERMAN_VAT), False),
        (company(), False),
        (company(vat_number=GERMAN_VAT), False),
    ],
)
def test_french_vat_for_a_company_with_another_states_number_is_doubted_and_invoiced(
    customer: Any, doubted: bool
) -> None:
    found = judged(served(companies=(customer,))).warnings
    assert [(w.cause, str(w.record), w.field) for w in found] == (
        [(Cause.VAT, "line item 41", "vat_rate")] if doubted else []
    )


def test_reverse_charge_is_not_doubted() -> None:
    found = served(companies=(abroad("DE", vat_number=GERMAN_VAT),), lines=(line(vat_rate=Decimal(0)),))
    assert warned(found, SERVICES) == []


OUTSIDE = {
    "the United States": abroad("US"),
    "Switzerland": abroad("CH", vat_number="CHE-107.787.577 TVA"),
    "Great Britain": abroad("GB"),
    "Belfast without its number": abroad("GB", postal_code="BT1 5GS"),
    "Tenerife": abroad("ES", postal_code="38001", vat_number="ESA58818501"),
}


@pytest.mark.parametrize("where", OUTSIDE)
def test_french_vat_for_a_business_outside_the_union_is_doubted_and_invoiced(where: str) -> None:
    (only,) = judged(served(companies=(OUTSIDE[where],))).warnings
    assert (only.cause, str(only.record), only.field) == (Cause.VAT, "line item 41", "vat_rate")
    assert "hors de l'Union européenne" in say_reason(only, "fr")


@pytest.mark.parametrize("customer", [abroad("MC"), abroad("DE"), abroad("US", individual=True)])
def test_vat_is_not_doubted_at_home_in_the_union_and_for_private_persons(customer: Any) -> None:
    by = policy(invoice=rules(individuals=IndividualRule.INVOICE))
    assert warned(served(companies=(customer,)), by) == []


@pytest.mark.parametrize("sold", [Operations.GOODS, Operations.SERVICES])
@pytest.mark.parametrize(
    ("customer", "doubted"),
    [
        (abroad("US"), True),
        (abroad("US", vat_number="-"), True),
        (abroad("US", vat_number="EIN 93-1234567"), False),
        (abroad("CH", vat_number="CHE-107.787.577 TVA"), False),
        (abroad("CH", siren="732829320"), False),
    ],
)
def test_zero_for_a_company_outside_the_union_without_any_number_is_doubted_and_invoiced(
    customer: Any, doubted: bool, sold: Operations
) -> None:
    found = served(companies=(customer,), lines=(line(vat_rate=Decimal(0)),))
    by = policy(invoice=rules(operations=sold))
    expected = [(Cause.VAT, "company 12", "vat_number")] if doubted else []
    assert [(w.cause, str(w.record), w.field) for w in judged(found, by).warnings] == expected


def test_a_private_person_outside_the_union_needs_no_number_to_import_goods() -> None:
    by = policy(invoice=rules(individuals=IndividualRule.INVOICE, operations=Operations.GOODS))
    person = served(companies=(abroad("US", individual=True),), lines=(line(vat_rate=Decimal(0)),))
    assert warned(person, by) == []


def test_warnings_stand_beside_problems_too() -> None:
    found = examine(deal(lines=()), policy(), TODAY)
    assert found.plan is None
    assert [w.field for w in found.warnings] == ["service_date"]


def test_of_two_billing_addresses_the_first_is_taken_and_told() -> None:
    found = served(companies=(company(email="compta@acme.fr; dg@acme.fr"),))
    examination = judged(found)
    assert examination.plan is not None
    assert examination.plan.profile.email == "compta@acme.fr"
    (told,) = examination.warnings
    assert (told.cause, told.field) == (Cause.EMAIL, "billing_email")
    french, english = (say_reason(told, language) for language in ("fr", "en"))
    assert "part à compta@acme.fr, pas à dg@acme.fr" in french
    assert "goes to compta@acme.fr, and not to dg@acme.fr" in english


PREFECTURE = company(siren="110002011", siret="", vat_number="")


def test_an_invoice_to_a_public_body_that_is_not_mailed_is_told_to_be_handed_in() -> None:
    by_hand = policy(invoice=rules(public_bodies=PublicBodies.BY_HAND))
    assert warned(served(companies=(PREFECTURE,)), by_hand) == [(Cause.COMPANY, "siren")]
    assert warned(served(), by_hand) == []
    by_vendor = policy(invoice=rules(public_bodies=PublicBodies.VENDOR))
    assert warned(served(companies=(PREFECTURE,)), by_vendor) == []


@pytest.mark.parametrize(
    ("balance", "french", "english"),
    [
        ("30", "porte déjà 30,00 € à payer : la facture et son e-mail lui demanderont 150,00 €", "€150.00"),
        (
            "-30",
            "a un solde créditeur de 30,00 € : la facture et son e-mail lui demanderont 90,00 €",
            "€90.00",
        ),
        (
            "-500",
            "a un solde créditeur de 500,00 € : la facture et son e-mail lui demanderont 0,00 €",
            "€0.00",
        ),
    ],
)
def test_what_an_invoice_asks_for_beside_its_total_is_said(balance: str, french: str, english: str) -> None:
    plan = judged(served()).plan
    assert plan is not None
    owing = customer(balance=Money(amount=Decimal(balance), currency="EUR"))
    (told,) = plan.for_customer(owing, VatRounding.PER_LINE).warnings
    assert (told.cause, str(told.record), told.field) == (Cause.AMOUNT, "customer cus_1", "balance")
    assert french in say_reason(told, "fr")
    assert "et non 120,00 €" in say_reason(told, "fr")
    assert f"ask for {english}" in say_reason(told, "en")
    assert two_languages(told)


@pytest.mark.parametrize(
    "balance",
    [None, Money(amount=Decimal(0), currency="EUR"), Money(amount=Decimal(30), currency="USD")],
)
def test_no_balance_or_one_in_another_currency_changes_nothing(balance: Money | None) -> None:
    plan = judged(served()).plan
    assert plan is not None
    assert plan.for_customer(customer(balance=balance), VatRounding.PER_LINE) == plan


def test_a_line_that_is_not_invoiced_is_not_doubted() -> None:
    by = policy(invoice=rules(recurring=Recurring.LEAVE, operations=Operations.SERVICES))
    german, american = abroad("DE", vat_number=GERMAN_VAT), abroad("US")
    zero, subscribed = line(vat_rate=Decimal(0)), line(id="2", recurring="monthly")
    left = (Cause.RECURRING, "recurring")
    assert warned(served(companies=(german,), lines=(zero, subscribed)), by) == [left]
    free = subscribed.model_copy(update={"vat_rate": Decimal(0)})
    doubted = (Cause.VAT, "vat_rate")
    assert warned(served(companies=(american,), lines=(line(), free)), by) == [doubted, left]


def test_a_deal_whose_crm_rounds_the_sum_and_not_the_lines_is_invoiced_and_told() -> None:
    half = {"quantity": Decimal(1), "unit_price": Decimal("10.115")}
    lines = (line(id="1", **half), line(id="2", **half))
    (only,) = judged(served(lines=lines, amount=Decimal("20.23"))).warnings
    assert (only.cause, only.field, only.message.code) == (Cause.AMOUNT, "amount", "deal.net_rounded")
    assert "20,23" in say_reason(only, "fr")
    assert "20,24" in say_reason(only, "fr")
    assert warned(served(lines=lines, amount=Decimal("20.24"))) == []
    for wrong in ("20.22", "20.25"):
        found = examine(served(lines=lines, amount=Decimal(wrong)), policy(), TODAY)
        assert [each.message.code for each in found.problems] == ["deal.net_differs"]
