"""0 % of sellers who charge no VAT at all, and of those whose customers at home owe it themselves."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.buyer import printed_otherwise
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import IndividualRule, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.invoice import Buyer, InvoiceReference
from raccord.domain.values.parties import Company, TaxTreatment
from tests.domain.deal_won.selling import COMPANY, ONE_STOP_SHOP, plan_of, problems_of, zero
from tests.domain.samples import (
    DEAL,
    GERMAN_VAT,
    SIREN,
    SIRET,
    TODAY,
    VAT,
    WORDS,
    abroad,
    address,
    company,
    deal,
    line,
    policy,
    rules,
)
from tests.domain.spoken import say_reason, say_remedy, two_languages

T = TaxTreatment
G, S, B, U = Operations.GOODS, Operations.SERVICES, Operations.BOTH, Operations.UNSTATED
FRANCHISE = "TVA non applicable"


def franchise(sold: Operations, *, reasons: dict[str, str] | None = None) -> DealWonPolicy:
    """A seller whose every rate is 0 %, who invoices private persons too."""
    words = WORDS | {"exempt_fr": FRANCHISE} if reasons is None else reasons
    vat = VatPolicy(rates=(Decimal(0),), zero_rate_reasons=words)
    return policy(invoice=rules(vat=vat, operations=sold, individuals=IndividualRule.INVOICE))


EVERYWHERE: dict[str, Company] = {
    "France": company(),
    "Monaco": abroad("MC"),
    "La Réunion": company(address=address(postal_code="97400")),
    "Guadeloupe by country": abroad("GP", postal_code="97110", siret=SIRET),
    "New Caledonia": abroad("NC"),
    "a German private person": abroad("DE", individual=True),
    "a Swiss private person": abroad("CH", individual=True),
    "a company in the United States": abroad("US", vat_number="EIN 93-1234567"),
    "Belfast": abroad("GB", postal_code="BT1 5GS"),
    "Tenerife": abroad("ES", postal_code="38001", vat_number="ESA58818501"),
}
IN_THE_UNION = {"with its number": abroad("DE", vat_number=GERMAN_VAT), "without": abroad("DE")}


@pytest.mark.parametrize("where", EVERYWHERE)
@pytest.mark.parametrize("sold", Operations)
def test_a_seller_without_vat_says_so_to_whoever_it_sells(where: str, sold: Operations) -> None:
    under = franchise(sold)
    plan = plan_of(zero(EVERYWHERE[where]), under)
    assert plan.profile.tax_treatment is T.EXEMPT
    first, *_ = plan.order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under).footer.splitlines()
    assert first == FRANCHISE


@pytest.mark.parametrize("country", ["GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF"])
def test_a_french_company_overseas_has_a_siren(country: str) -> None:
    (only,) = problems_of(zero(abroad(country, postal_code="97110")), franchise(G))
    assert (str(only.record), only.field) == (COMPANY, "siret")


@pytest.mark.parametrize("numbered", IN_THE_UNION)
def test_goods_of_a_seller_without_vat_are_no_intra_community_supply(numbered: str) -> None:
    plan = plan_of(zero(IN_THE_UNION[numbered]), franchise(G))
    assert plan.profile.tax_treatment is T.EXEMPT


def test_services_of_a_seller_without_vat_to_a_business_in_the_union_are_reverse_charged() -> None:
    plan = plan_of(zero(IN_THE_UNION["with its number"]), franchise(S))
    assert plan.profile.tax_treatment is T.REVERSE_CHARGE
    (only,) = problems_of(zero(IN_THE_UNION["without"]), franchise(S))
    assert (str(only.record), only.field) == (COMPANY, "vat_number")


@pytest.mark.parametrize("sold", [B, U])
def test_what_a_seller_without_vat_sells_to_a_business_in_the_union_is_asked(sold: Operations) -> None:
    (only,) = problems_of(zero(IN_THE_UNION["with its number"]), franchise(sold))
    assert only.field == "sold"


@pytest.mark.parametrize(
    "customer", [company(), abroad("US"), abroad("GP", postal_code="97110", siret=SIRET)]
)
def test_a_seller_without_vat_and_without_words_is_told_to_write_them(customer: Company) -> None:
    (only,) = problems_of(zero(customer), franchise(G, reasons=WORDS))
    assert (str(only.record), only.field) == ("settings", "vat.zero_rate_reasons")
    assert "exempt_fr" in say_remedy(only, "fr")
    assert two_languages(only)


def subcontractor(**changes: Any) -> DealWonPolicy:
    words = WORDS | {"exempt_fr": "Exonération", "domestic_reverse_charge_fr": "Autoliquidation du preneur"}
    vat = VatPolicy(**({"zero_rate_reasons": words, "domestic_reverse_charge": True} | changes))
    return policy(invoice=rules(vat=vat, individuals=IndividualRule.INVOICE))


@pytest.mark.parametrize(
    "customer", [company(vat_number=VAT), company(siret="", vat_number="fr 44 732 829 320")]
)
def test_a_subcontractor_s_customer_owes_the_vat_and_reads_so(customer: Company) -> None:
    under = subcontractor()
    plan = plan_of(zero(customer), under)
    assert plan.profile.tax_treatment is T.DOMESTIC_REVERSE_CHARGE
    assert plan.profile.vat_number == VAT
    footer = plan.order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under).footer
    assert footer == "Autoliquidation du preneur"


@pytest.mark.parametrize("number", ["", "-", GERMAN_VAT, ONE_STOP_SHOP])
def test_a_subcontractor_asks_for_the_number_of_its_customer(number: str) -> None:
    asked = [
        p for p in problems_of(zero(company(vat_number=number)), subcontractor()) if p.cause is Cause.VAT
    ]
    (only,) = asked
    assert (str(only.record), only.field) == (COMPANY, "vat_number")
    assert "numéro de TVA du client" in say_reason(only, "fr")
    assert two_languages(only)


def test_a_subcontractor_s_invoice_prints_the_number() -> None:
    profile = plan_of(zero(company(vat_number=VAT)), subcontractor()).profile
    place = profile.address
    silent = Buyer(name=profile.name, email=profile.email, address=place, identifiers=(SIREN,))
    asked = printed_otherwise(silent, profile, customer_id="cus_1")
    assert asked is not None
    assert [p.field for p in asked.problems] == ["vat_number"]
    assert asked.options == ()
    printed = silent.model_copy(update={"identifiers": (SIREN, VAT)})
    assert printed_otherwise(printed, profile, customer_id="cus_1") is None


def test_a_subcontractor_mixes_no_rates_and_needs_its_words() -> None:
    numbered = company(vat_number=VAT)
    mixed = deal(companies=(numbered,), lines=(line(id="1"), line(vat_rate=Decimal(0))))
    assert [p.field for p in problems_of(mixed, subcontractor())] == ["vat_rate"]
    (only,) = problems_of(zero(numbered), subcontractor(zero_rate_reasons=WORDS))
    assert "domestic_reverse_charge_fr" in say_remedy(only, "fr")
    assert two_languages(only)


def test_what_is_not_subcontracted_is_untouched() -> None:
    under = subcontractor()
    person = company(siret="", individual=True)
    assert plan_of(zero(person), under).profile.tax_treatment is T.EXEMPT
    assert plan_of(deal(), under).profile.tax_treatment is T.TAXED
    by_default = plan_of(zero(company()), subcontractor(domestic_reverse_charge=False))
    assert by_default.profile.tax_treatment is T.EXEMPT
    none_at_all = subcontractor(rates=(Decimal(0),))
    assert plan_of(zero(company()), none_at_all).profile.tax_treatment is T.EXEMPT
    taxed = examine(deal(companies=(company(vat_number=VAT),)), under, TODAY)
    assert taxed.problems == ()
