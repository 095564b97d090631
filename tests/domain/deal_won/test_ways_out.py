"""A rule of thumb has a way out: "it is so", once for a company. What would be unlawful has none."""

from decimal import Decimal

import pytest

from raccord.domain.deal_won.quality import Examination, examine
from raccord.domain.deal_won.said import NOTHING_SAID, Said
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal
from tests.domain.deal_won.selling import SERVICES, at, of, zero
from tests.domain.samples import TODAY, WORDS, abroad, deal, line, policy, rules

DOUBTED: dict[str, Deal] = {
    "a company called ND": of(name="ND"),
    "a company called None": of(name="None"),
    "a company called NA": of(name="N.A."),
    "a street called Null": at(line1="Null"),
    "a town called Na": at(city="Na"),
    "no postal code in Germany": zero(abroad("DE", postal_code=" ", vat_number="DE136695976")),
    "a dash for a postal code in Japan": zero(abroad("JP", postal_code="-")),
    "the army without a postal code": at(line1="SP 85 000", city="ARMÉES", postal_code=""),
    "the army's own postal code": at(city="HUB ARMEES", postal_code="00 200"),
    "a foreign register in the SIRET field": zero(abroad("DE", siret="HRB 12345", vat_number="DE136695976")),
    "a foreign register in the SIREN field": zero(abroad("DE", siren="HRB 12345", vat_number="DE136695976")),
    "a public body that takes e-mail": of(siret="", siren="110002011"),
}
EXEMPT = VatPolicy(default_rate=Decimal(20), zero_rate_reasons=WORDS | {"exempt_fr": "Exonération"})


def test_zero_that_nobody_may_have_entered_is_right_once_a_person_has_said_so_of_these_lines() -> None:
    under = policy(invoice=rules(vat=EXEMPT))
    zero = line(vat_rate=Decimal(0), zero_untold=True)
    (way_out,) = examine(deal(lines=(zero,)), under, TODAY).options
    said = Said().having(way_out.id)
    assert examine(deal(lines=(zero, line(id="42"))), under, TODAY, said).plan
    more = deal(lines=(zero, zero.model_copy(update={"id": "42"})))
    assert [each.message.code for each in examine(more, under, TODAY, said).problems] == ["vat.zero_untold"]


FINAL: dict[str, Deal] = {
    "no name": of(name=""),
    "a dash for a name": of(name="-"),
    "no street": at(line1=""),
    "no town": at(city="?"),
    "no postal code in France": at(postal_code=""),
    "a postal code that decides about VAT": at(postal_code="7500"),
    "zeros for a postal code": at(postal_code="00000"),
    "a SIREN that cannot be one": of(siren="732829321"),
    "a SIRET that cannot be one": of(siret="73282932000079"),
    "no country": deal(companies=(abroad("FR").model_copy(update={"country_text": "Elbonia"}),)),
    "numbers of two companies": of(siren="552100554"),
}


def judged(found: Deal, said: Said = NOTHING_SAID) -> Examination:
    return examine(found, SERVICES, TODAY, said)


@pytest.mark.parametrize("case", DOUBTED)
def test_what_is_so_is_invoiced_once_a_person_has_said_so(case: str) -> None:
    verdict = judged(DOUBTED[case])
    assert len(verdict.problems) == 1
    (way_out,) = verdict.options
    assert judged(DOUBTED[case], Said().having(way_out.id)).plan


@pytest.mark.parametrize("case", FINAL)
def test_what_would_be_unlawful_has_no_way_out(case: str) -> None:
    verdict = judged(FINAL[case])
    assert verdict.problems
    assert verdict.options == ()


def test_an_answer_is_about_what_was_asked_and_about_nothing_else() -> None:
    (way_out,) = judged(of(name="ND")).options
    said = Said().having(way_out.id)
    assert judged(of(name="NA"), said).plan is None
    assert judged(of(id="13", name="ND"), said).plan is None
    assert [each.message.code for each in judged(of(name="ND", siret=""), said).problems] == [
        "company.siren_missing"
    ]


def test_a_postal_code_that_is_none_is_not_printed() -> None:
    dashed = zero(abroad("JP", postal_code="-"))
    (way_out,) = judged(dashed).options
    plan = judged(dashed, Said().having(way_out.id)).plan
    assert plan
    assert plan.profile.address.postal_code == ""
