"""Which deals live mode may touch, and when an invoice is due."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.rules.rollout import Rollout
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.parties import Owner
from raccord.domain.values.payment_terms import MonthEnd, PaymentTerms
from tests.domain.samples import deal

MARIE = Owner(id="005A", name="Marie", email="Marie@Acme.fr")


@pytest.mark.parametrize(
    ("owners", "owner", "excluded"),
    [
        ((), None, None),
        ((), MARIE, None),
        (("marie@acme.fr",), MARIE, None),
        (("MARIE@ACME.FR",), MARIE, None),
        (("paul@acme.fr", "marie@acme.fr"), MARIE, None),
        (("005A",), MARIE, None),
        # Some CRMs tell two users apart by case alone.
        (("005a",), MARIE, "owner"),
        (("paul@acme.fr",), MARIE, "owner"),
        (("Marie",), MARIE, "owner"),
        (("marie@acme.fr",), None, "owner"),
        (("marie@acme.fr",), Owner(id="1"), "owner"),
    ],
)
def test_a_salesperson_is_named_by_email_or_by_exact_id(
    owners: tuple[str, ...], owner: Owner | None, excluded: str | None
) -> None:
    assert Rollout(owners=owners).excludes(deal(owner=owner), Decimal(0)) == excluded


@pytest.mark.parametrize(
    ("pipelines", "pipeline", "excluded"),
    [
        ((), "anything", None),
        (("direct",), "direct", None),
        (("direct", "partners"), "partners", None),
        (("direct",), "partners", "pipeline"),
        (("direct",), "", "pipeline"),
    ],
)
def test_a_pipeline_outside_the_list_is_excluded(
    pipelines: tuple[str, ...], pipeline: str, excluded: str | None
) -> None:
    assert Rollout(pipelines=pipelines).excludes(deal(pipeline=pipeline), Decimal(0)) == excluded


@pytest.mark.parametrize(
    ("limit", "net", "excluded"),
    [
        (None, "1000000", None),
        ("500", "499.99", None),
        ("500", "500.00", None),
        ("500", "500.01", "amount"),
        ("0", "0.01", "amount"),
        ("0", "0", None),
    ],
)
def test_a_deal_above_the_limit_is_excluded_and_at_the_limit_is_not(
    limit: str | None, net: str, excluded: str | None
) -> None:
    rollout = Rollout(max_amount=None if limit is None else Decimal(limit))
    assert rollout.excludes(deal(), Decimal(net)) == excluded


def test_a_deal_has_to_pass_every_limit() -> None:
    rollout = Rollout(owners=("005A",), pipelines=("direct",), max_amount=Decimal(500))
    inside = deal(owner=MARIE, pipeline="direct")
    assert rollout.excludes(inside, Decimal(500)) is None
    assert rollout.excludes(inside.model_copy(update={"owner": None}), Decimal(500)) == "owner"
    assert rollout.excludes(inside.model_copy(update={"pipeline": "x"}), Decimal(500)) == "pipeline"
    assert rollout.excludes(inside, Decimal(501)) == "amount"


@pytest.mark.parametrize(
    ("issued", "terms", "due"),
    [
        (date(2026, 11, 22), None, date(2026, 12, 22)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
        (date(2026, 11, 22), 60, date(2027, 1, 21)),
        (date(2027, 1, 30), 30, date(2027, 3, 1)),
        (date(2028, 1, 30), 30, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_the_due_date_counts_calendar_days(issued: date, terms: int | None, due: date) -> None:
    agreed = None if terms is None else PaymentTerms(days=terms)
    assert InvoicePolicy().due_on(issued, agreed) == due


@pytest.mark.parametrize(
    ("issued", "terms", "due"),
    [
        (date(2026, 11, 10), 45, date(2026, 12, 31)),
        (date(2027, 1, 15), 30, date(2027, 2, 28)),
        (date(2028, 1, 15), 30, date(2028, 2, 29)),
        (date(2027, 1, 30), 30, date(2027, 3, 31)),
        (date(2028, 1, 30), 30, date(2028, 2, 29)),
        (date(2027, 2, 28), 0, date(2027, 2, 28)),
        (date(2028, 2, 28), 0, date(2028, 2, 29)),
        (date(2026, 12, 1), 0, date(2026, 12, 31)),
        (date(2026, 12, 31), 30, date(2027, 1, 31)),
    ],
)
def test_end_of_month_counts_the_term_and_then_goes_to_the_end(issued: date, terms: int, due: date) -> None:
    assert InvoicePolicy(end_of_month=True).due_on(issued, PaymentTerms(days=terms)) == due


@pytest.mark.parametrize("terms", [0, 30, 45, 60])
def test_end_of_month_is_the_last_day_of_a_month_on_every_day_of_a_leap_year(terms: int) -> None:
    for n in range(366):
        issued = date(2028, 1, 1) + timedelta(days=n)
        counted = issued + timedelta(days=terms)
        due = InvoicePolicy(end_of_month=True).due_on(issued, PaymentTerms(days=terms))
        assert due >= counted
        assert (due.year, due.month) == (counted.year, counted.month)
        assert (due + timedelta(days=1)).day == 1


def test_a_term_of_the_deal_wins_even_when_it_is_zero() -> None:
    assert InvoicePolicy(payment_terms_days=45).due_on(date(2026, 11, 22), PaymentTerms(days=0)) == date(
        2026, 11, 22
    )
    assert InvoicePolicy(payment_terms_days=45).due_on(date(2026, 11, 22), None) == date(2027, 1, 6)


@pytest.mark.parametrize(
    ("reasons", "language", "wording"),
    [
        ({"export_fr": "Fr", "export_en": "En"}, "en", "En"),
        ({"export_fr": "Fr", "export_en": "En"}, "de", "Fr"),
        ({"export_en": "En"}, "fr", "En"),
        ({"export_fr": " ", "export_en": "En"}, "fr", "En"),
        ({"reverse_charge_fr": "Fr"}, "fr", ""),
        ({}, "fr", ""),
    ],
)
def test_the_wording_of_zero_vat_is_never_lost_to_a_language(
    reasons: dict[str, str], language: str, wording: str
) -> None:
    assert VatPolicy(zero_rate_reasons=reasons).zero_rate_reason("export", language) == wording


def test_an_exemption_and_an_export_have_words_of_their_own() -> None:
    vat = VatPolicy(zero_rate_reasons={"export_fr": "Exportation", "exempt_fr": "Franchise"})
    assert vat.zero_rate_reason("exempt", "fr") == "Franchise"
    assert vat.zero_rate_reason("export", "en") == "Exportation"


def test_a_private_person_never_gets_the_footer_of_companies() -> None:
    rules = InvoicePolicy(footers={"fr": "40 EUR", "en": "EUR 40"})
    assert rules.footer("en", individual=True) == ""
    rules = InvoicePolicy(footers={"fr": "40 EUR"}, footers_individuals={"fr": "Médiateur"})
    assert rules.footer("en", individual=True) == "Médiateur"


@pytest.mark.parametrize(
    ("language", "reference", "printed"),
    [
        ("fr", "D-118", "Devis D-118 (7)"),
        ("en", "D-118", "Quote D-118"),
        ("de", "D-118", "Devis D-118 (7)"),
        ("fr", "", ""),
        ("fr", "{id}", "Devis {id} (7)"),
    ],
)
def test_of_a_deal_is_printed_what_the_company_says_or_nothing(
    language: str, reference: str, printed: str
) -> None:
    rules = InvoicePolicy(memos={"fr": "Devis {reference} ({id})", "en": "Quote {reference}"})
    parts = {"name": "", "id": "7", "reference": reference}
    assert rules.memo(language, parts) == printed
    assert InvoicePolicy().memo(language, parts) == ""


def test_every_rate_the_law_knows_is_allowed_and_no_other() -> None:
    assert set(VatPolicy().rates) == {Decimal(r) for r in ("20", "10", "5.5", "2.1", "0")}
    assert VatPolicy().default_rate is None


@pytest.mark.parametrize(
    ("issued", "reading", "due"),
    [
        (date(2026, 11, 10), MonthEnd.AFTER_DAYS, date(2026, 12, 31)),
        (date(2026, 11, 10), MonthEnd.BEFORE_DAYS, date(2027, 1, 14)),
        (date(2027, 1, 31), MonthEnd.AFTER_DAYS, date(2027, 3, 31)),
        (date(2027, 1, 31), MonthEnd.BEFORE_DAYS, date(2027, 3, 17)),
    ],
)
def test_45_days_end_of_month_has_two_lawful_readings(issued: date, reading: MonthEnd, due: date) -> None:
    agreed = PaymentTerms(days=45, month_end=True)
    assert InvoicePolicy(month_end_reading=reading).due_on(issued, agreed) == due


def test_the_end_of_month_is_the_terms_own_and_ours_only_where_it_says_nothing() -> None:
    ours, issued = InvoicePolicy(end_of_month=True), date(2026, 11, 10)
    assert ours.due_on(issued, PaymentTerms(days=30)) == date(2026, 12, 31)
    assert ours.due_on(issued, PaymentTerms(days=30, month_end=False)) == date(2026, 12, 10)
    assert InvoicePolicy().due_on(issued, PaymentTerms(days=30, month_end=True)) == date(2026, 12, 31)
