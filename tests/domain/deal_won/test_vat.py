"""Zero VAT always has a lawful reason, and the invoice prints it."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import IndividualRule, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import TaxTreatment
from tests.domain.deal_won.selling import (
    COMPANY,
    LINE,
    NO_CONTACT,
    ONE_STOP_SHOP,
    PRIVATE,
    of,
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
)
from tests.domain.spoken import say_reason, say_remedy

T = TaxTreatment
# (company, rates of its lines, treatment; None is a question about VAT)
TREATMENTS: dict[str, tuple[Any, tuple[str, ...], TaxTreatment | None]] = {
    "France 20 %": (company(), ("20",), T.TAXED),
    "France mixed rates": (company(), ("20", "5.5"), T.TAXED),
    "France 0 %": (company(), ("0",), None),
    "France 0.00 %": (company(), ("0.00",), None),
    "Monaco 20 %": (abroad("MC"), ("20",), T.TAXED),
    "Monaco 0 %": (abroad("MC"), ("0",), None),
    "EU 20 %": (abroad("DE", vat_number=GERMAN_VAT), ("20",), T.TAXED),
    "EU 0 % with VAT number": (abroad("DE", vat_number=GERMAN_VAT), ("0",), T.REVERSE_CHARGE),
    "Greece 0 % with VAT number": (abroad("GR", vat_number="EL094259216"), ("0",), T.REVERSE_CHARGE),
    "EU 0 % without VAT number": (abroad("DE"), ("0",), None),
    "EU 0 % with a French VAT number": (abroad("DE", vat_number=VAT), ("0",), None),
    "EU 0 % and 20 %": (abroad("DE", vat_number=GERMAN_VAT), ("0", "20"), None),
    "export 0 %": (abroad("US"), ("0", "0"), T.EXPORT),
    "export 20 %": (abroad("US"), ("20",), T.TAXED),
    "export 0 % and 20 %": (abroad("US"), ("20", "0"), None),
    "United Kingdom 0 %": (abroad("GB"), ("0",), T.EXPORT),
    "Greece 0 % with the country's code": (abroad("GR", vat_number="GR094259216"), ("0",), T.REVERSE_CHARGE),
    "Switzerland 0 %": (abroad("CH", vat_number="CHE-107.787.577 TVA"), ("0",), T.EXPORT),
    "Northern Ireland 0 %": (abroad("GB", vat_number="XI366303068"), ("0",), None),
    "Ireland 0 % with a Northern Irish number": (abroad("IE", vat_number="XI366303068"), ("0",), None),
    "Switzerland 0 % with a Northern Irish number": (
        abroad("CH", vat_number="XI366303068"),
        ("0",),
        T.EXPORT,
    ),
    "Belfast 0 %": (abroad("GB", postal_code="bt1 5gs"), ("0",), None),
    "Belfast 20 %": (abroad("GB", postal_code="BT1 5GS"), ("20",), T.TAXED),
    "Tenerife 0 %": (abroad("ES", postal_code="38001", vat_number="ESA58818501"), ("0",), None),
    "Ceuta 0 %": (abroad("ES", postal_code="51001", vat_number="ESA58818501"), ("0",), None),
    "Melilla 0 %": (abroad("ES", postal_code="52001", vat_number="ESA58818501"), ("0",), None),
    "Madrid 0 %": (abroad("ES", postal_code="28001", vat_number="ESA58818501"), ("0",), T.REVERSE_CHARGE),
    "Livigno 0 %": (abroad("IT", postal_code="23041", vat_number="IT00743110157"), ("0",), None),
    "Livigno 0 %, as it was": (abroad("IT", postal_code="23030", vat_number="IT00743110157"), ("0",), None),
    "Campione 0 %": (abroad("IT", postal_code="I-22061", vat_number="IT00743110157"), ("0",), None),
    "Büsingen 0 %": (abroad("DE", postal_code="78266", vat_number=GERMAN_VAT), ("0",), None),
    "Heligoland 0 %": (abroad("DE", postal_code="27498", vat_number=GERMAN_VAT), ("0",), None),
    "Åland 0 %": (abroad("FI", postal_code="22100", vat_number="FI20774740"), ("0",), None),
    "Helsinki 0 %": (abroad("FI", postal_code="00100", vat_number="FI20774740"), ("0",), T.REVERSE_CHARGE),
    "Tenerife 20 %": (abroad("ES", postal_code="38001"), ("20",), T.TAXED),
    "overseas 20 %": (abroad("GP"), ("20",), None),
    "overseas 0 %": (abroad("GP"), ("0",), None),
    "overseas by postal code": (company(address=address(postal_code="97400")), ("20",), None),
}


@pytest.mark.parametrize("name", TREATMENTS)
def test_zero_vat_always_has_a_lawful_reason(name: str) -> None:
    found, rates, treatment = TREATMENTS[name]
    lines = tuple(line(id=str(i), vat_rate=Decimal(rate)) for i, rate in enumerate(rates))
    examination = examine(deal(companies=(found,), lines=lines), policy(), TODAY)
    if treatment is None:
        assert {p.cause for p in examination.problems} == {Cause.VAT}
    else:
        assert examination.plan
        assert examination.plan.profile.tax_treatment is treatment


EXEMPT = {"exempt_fr": "TVA non applicable", "exempt_en": "VAT exempt"}


@pytest.mark.parametrize("customer", [company(), abroad("MC")])
@pytest.mark.parametrize("rates", [("0",), ("0", "20"), ("5.5", "0", "20")])
def test_zero_vat_at_home_needs_the_companys_own_words_and_then_prints_them(
    customer: Any, rates: tuple[str, ...]
) -> None:
    lines = tuple(line(id=str(i), vat_rate=Decimal(rate)) for i, rate in enumerate(rates))
    found = deal(companies=(customer,), lines=lines)
    (only,) = problems_of(found)
    assert (only.cause, str(only.record), only.field) == (
        Cause.VAT,
        f"line item {rates.index('0')}",
        "vat_rate",
    )
    assert "exempt_fr" in say_remedy(only, "fr")
    assert "exempt_fr" in say_remedy(only, "en")
    exempt = policy(invoice=rules(vat=VatPolicy(zero_rate_reasons=EXEMPT)))
    assert plan_of(found, exempt).profile.tax_treatment is T.EXEMPT
    assert footer_of(found, exempt) == "TVA non applicable"
    assert footer_of(found.model_copy(update={"language": "en"}), exempt) == "VAT exempt"


def test_words_for_an_exemption_at_home_excuse_nothing_abroad() -> None:
    exempt = policy(invoice=rules(vat=VatPolicy(zero_rate_reasons=EXEMPT)))
    assert [p.cause for p in problems_of(zero(abroad("US")), exempt)] == [Cause.VAT]
    mixed = deal(companies=(abroad("US"),), lines=(line(id="1", vat_rate=Decimal(0)), line()))
    assert [p.cause for p in problems_of(mixed, exempt)] == [Cause.VAT]


@pytest.mark.parametrize(
    ("switch", "customer"),
    [("reverse_charge", abroad("DE", vat_number=GERMAN_VAT)), ("export", abroad("US"))],
)
def test_what_is_switched_off_is_a_question_and_taxed_sales_still_pass(switch: str, customer: Any) -> None:
    reasons = {"reverse_charge_fr": "Autoliquidation", "export_fr": "Exportation"}
    vat = VatPolicy.model_validate({"zero_rate_reasons": reasons, switch: False})
    by_hand = policy(invoice=rules(vat=vat))
    (only,) = problems_of(zero(customer), by_hand)
    assert (only.cause, str(only.record), only.field) == (Cause.VAT, "settings", f"vat.{switch}")
    assert f"{switch} = true" in say_remedy(only, "fr")
    assert f"{switch} = true" in say_remedy(only, "en")
    assert say_reason(only, "fr") != say_reason(only, "en")
    plan_of(deal(companies=(customer,)), by_hand)
    plan_of(zero(customer))


@pytest.mark.parametrize(
    ("operations", "treatment"),
    [(Operations.GOODS, T.REVERSE_CHARGE), (Operations.SERVICES, T.EXPORT), (Operations.BOTH, None)],
)
def test_northern_ireland_is_in_the_union_for_goods_alone(
    operations: Operations, treatment: TaxTreatment | None
) -> None:
    found = zero(abroad("GB", vat_number="XI 366 303 068"))
    under = policy(invoice=rules(operations=operations))
    if treatment is None:
        assert [p.cause for p in problems_of(found, under)] == [Cause.VAT]
    else:
        assert plan_of(found, under).profile.tax_treatment is treatment


def test_goods_for_belfast_need_the_number_of_northern_ireland() -> None:
    goods = policy(invoice=rules(operations=Operations.GOODS))
    for number in ("", "GB980780684", GERMAN_VAT):
        (only,) = problems_of(zero(abroad("GB", postal_code="BT1 5GS", vat_number=number)), goods)
        assert (only.cause, str(only.record), only.field) == (Cause.VAT, COMPANY, "vat_number")
        assert "XI" in say_reason(only, "fr")
        assert "XI" in say_reason(only, "en")
    services = policy(invoice=rules(operations=Operations.SERVICES))
    assert plan_of(zero(abroad("GB", postal_code="BT1 5GS")), services).profile.tax_treatment is T.EXPORT


@pytest.mark.parametrize("number", [ONE_STOP_SHOP, "IM3720000418"])
def test_a_number_for_sales_to_consumers_is_no_reason_for_reverse_charge(number: str) -> None:
    fields = [(p.cause, p.field) for p in problems_of(zero(abroad("DE", vat_number=number)))]
    assert fields == [(Cause.VAT, "vat_number"), (Cause.IDENTIFIER, "vat_number")]


@pytest.mark.parametrize("operations", Operations)
def test_a_private_person_outside_the_union_buys_goods_alone_at_zero(operations: Operations) -> None:
    by = policy(invoice=rules(individuals=IndividualRule.INVOICE, operations=operations))
    person = zero(abroad("CH", individual=True))
    if operations is Operations.GOODS:
        assert plan_of(person, by).profile.tax_treatment is T.EXPORT
    else:
        (only,) = problems_of(person, by)
        assert (only.cause, str(only.record), only.field) == (Cause.VAT, LINE, "vat_rate")
        assert say_reason(only, "fr") != say_reason(only, "en")
    plan_of(zero(abroad("CH")), by)


def test_a_private_person_is_invoiced_by_rule_as_the_crm_knows_them() -> None:
    plan = plan_of(of(siret="", individual=True), PRIVATE)
    assert plan.individual
    assert plan.profile.identity.value == "crm:12"
    assert plan.profile.siren is None
    assert not plan_of(deal()).individual


@pytest.mark.parametrize("under", [policy(), PRIVATE])
@pytest.mark.parametrize(
    ("typed", "field"),
    [({"siret": SIRET}, "siret"), ({"siren": SIREN}, "siren"), ({"vat_number": VAT}, "vat_number")],
)
def test_a_private_person_with_a_companys_number_is_always_a_question(
    under: DealWonPolicy, typed: dict[str, str], field: str
) -> None:
    found = problems_of(of(**({"siret": "", "individual": True} | typed)), under)
    assert (Cause.IDENTIFIER, field) in [(p.cause, p.field) for p in found]
    for each in found:
        assert say_reason(each, "fr") != say_reason(each, "en")
        assert say_remedy(each, "fr") != say_remedy(each, "en")


def test_a_private_person_never_gets_reverse_charge() -> None:
    person = abroad("DE", individual=True)
    (only,) = problems_of(zero(person), PRIVATE)
    assert only.cause is Cause.VAT
    assert "particulier" in say_reason(only, "fr")
    assert "private person" in say_reason(only, "en")
    plan_of(deal(companies=(person,)), PRIVATE)


def test_a_private_person_still_needs_an_address_and_an_email() -> None:
    person = company(siret="", individual=True, email="", address=address(city=""))
    found = problems_of(deal(companies=(person,), **NO_CONTACT), PRIVATE)
    assert [p.cause for p in found] == [Cause.ADDRESS, Cause.EMAIL]


def test_a_mistyped_european_vat_number_never_justifies_zero_vat() -> None:
    causes = [p.cause for p in problems_of(zero(abroad("DE", vat_number="DE136695977")))]
    assert causes == [Cause.VAT, Cause.IDENTIFIER]


@pytest.mark.parametrize("seller", ["BE", "DE"])
def test_at_home_is_where_the_seller_is(seller: str) -> None:
    abroad_for_them = policy(
        invoice=rules(
            vat=VatPolicy(seller_country=seller, zero_rate_reasons={"reverse_charge_fr": "Autoliquidation"})
        )
    )
    assert [p.cause for p in problems_of(zero(abroad(seller)), abroad_for_them)] == [Cause.VAT]
    french = zero(company(vat_number=VAT))
    assert plan_of(french, abroad_for_them).profile.tax_treatment is TaxTreatment.REVERSE_CHARGE


@pytest.mark.parametrize("reasons", [{}, {"export_fr": "Exportation"}, {"reverse_charge_fr": " "}])
def test_zero_vat_without_a_configured_wording_is_a_question(reasons: dict[str, str]) -> None:
    silent = policy(invoice=rules(vat=VatPolicy(zero_rate_reasons=reasons)))
    (only,) = problems_of(zero(abroad("DE", vat_number=GERMAN_VAT)), silent)
    assert (only.cause, str(only.record), only.field) == (Cause.VAT, "settings", "vat.zero_rate_reasons")
    assert "reverse_charge_fr" in say_remedy(only, "fr")


def footer_of(found: Deal, under: DealWonPolicy) -> str:
    return plan_of(found, under).order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under).footer


@pytest.mark.parametrize("language", ["fr", "en", "de", ""])
@pytest.mark.parametrize("written", ["fr", "en"])
def test_an_invoice_at_zero_vat_always_prints_its_reason(language: str, written: str) -> None:
    under = policy(invoice=rules(vat=VatPolicy(zero_rate_reasons={f"reverse_charge_{written}": "Reason"})))
    found = zero(abroad("DE", vat_number=GERMAN_VAT)).model_copy(update={"language": language})
    assert footer_of(found, under) == "Reason"


def test_an_invoice_with_vat_never_prints_a_reason_for_zero() -> None:
    assert footer_of(deal(), policy()) == ""


@pytest.mark.parametrize(
    ("language", "footer"), [("fr", "Pénalités"), ("en", "Late fees"), ("de", "Pénalités"), ("", "Pénalités")]
)
def test_the_legal_mentions_are_on_every_invoice_in_the_closest_language(language: str, footer: str) -> None:
    under = policy(invoice=rules(footers={"fr": "Pénalités", "en": "Late fees"}))
    assert footer_of(deal(language=language), under) == footer


def test_reason_and_mentions_are_printed_together_in_the_customers_language() -> None:
    reasons = {"export_fr": "Exportation", "export_en": "Export"}
    under = policy(
        invoice=rules(
            vat=VatPolicy(zero_rate_reasons=reasons), footers={"fr": "Pénalités", "en": "Late fees"}
        )
    )
    found = zero(abroad("US")).model_copy(update={"language": "en"})
    assert footer_of(found, under) == "Export\nLate fees"
