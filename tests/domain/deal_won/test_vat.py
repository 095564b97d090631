"""Zero VAT always has a lawful reason, and the invoice prints it."""

from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.deal_won.said import NOTHING_SAID
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import IndividualRule, Operations, Recurring
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal, DealRef, Discount
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import TaxTreatment
from tests.domain.deal_won.selling import (
    COMPANY,
    LINE,
    NO_CONTACT,
    ONE_STOP_SHOP,
    PRIVATE,
    SERVICES,
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
    WORDS,
    abroad,
    address,
    company,
    deal,
    line,
    policy,
    rules,
)
from tests.domain.spoken import say_reason, say_remedy, spoken, two_languages


def selling(sold: Operations) -> DealWonPolicy:
    return policy(invoice=rules(operations=sold))


T = TaxTreatment
G, S, B, U = Operations.GOODS, Operations.SERVICES, Operations.BOTH, Operations.UNSTATED
GREEK = "EL094259216"
# (company, rates of its lines, what is sold, treatment; None is a question about VAT)
TREATMENTS: dict[str, tuple[Any, tuple[str, ...], Operations, TaxTreatment | None]] = {
    "France 20 %": (company(), ("20",), U, T.TAXED),
    "France mixed rates": (company(), ("20", "5.5"), U, T.TAXED),
    "France 0 %": (company(), ("0",), G, None),
    "France 0.00 %": (company(), ("0.00",), S, None),
    "Monaco 20 %": (abroad("MC"), ("20",), U, T.TAXED),
    "Monaco 0 %": (abroad("MC"), ("0",), S, None),
    "EU 20 %": (abroad("DE", vat_number=GERMAN_VAT), ("20",), U, T.TAXED),
    "EU goods": (abroad("DE", vat_number=GERMAN_VAT), ("0",), G, T.INTRA_COMMUNITY),
    "EU services": (abroad("DE", vat_number=GERMAN_VAT), ("0",), S, T.REVERSE_CHARGE),
    "EU goods and services": (abroad("DE", vat_number=GERMAN_VAT), ("0",), B, None),
    "EU nobody knows what": (abroad("DE", vat_number=GERMAN_VAT), ("0",), U, None),
    "Greece services": (abroad("GR", vat_number=GREEK), ("0",), S, T.REVERSE_CHARGE),
    "Greece with the country's code": (abroad("GR", vat_number="GR094259216"), ("0",), G, T.INTRA_COMMUNITY),
    "EU goods without VAT number": (abroad("DE"), ("0",), G, None),
    "EU services without VAT number": (abroad("DE"), ("0",), S, None),
    "EU goods with a French VAT number": (abroad("DE", vat_number=VAT), ("0",), G, None),
    "EU services with a French VAT number": (abroad("DE", vat_number=VAT), ("0",), S, None),
    "EU 0 % and 20 %": (abroad("DE", vat_number=GERMAN_VAT), ("0", "20"), S, None),
    "US goods": (abroad("US"), ("0", "0"), G, T.EXPORT),
    "US services": (abroad("US"), ("0", "0"), S, T.OUTSIDE_SCOPE),
    "US goods and services": (abroad("US"), ("0",), B, None),
    "US nobody knows what": (abroad("US"), ("0",), U, None),
    "US 20 %": (abroad("US"), ("20",), U, T.TAXED),
    "US 0 % and 20 %": (abroad("US"), ("20", "0"), G, None),
    "United Kingdom goods": (abroad("GB"), ("0",), G, T.EXPORT),
    "United Kingdom services": (abroad("GB"), ("0",), S, T.OUTSIDE_SCOPE),
    "Switzerland goods": (abroad("CH", vat_number="CHE-107.787.577 TVA"), ("0",), G, T.EXPORT),
    "Switzerland services": (abroad("CH", vat_number="CHE-107.787.577 TVA"), ("0",), S, T.OUTSIDE_SCOPE),
    "Northern Ireland goods": (abroad("GB", vat_number="XI366303068"), ("0",), G, T.INTRA_COMMUNITY),
    "Northern Ireland services": (abroad("GB", vat_number="XI366303068"), ("0",), S, T.OUTSIDE_SCOPE),
    "Northern Ireland nobody knows what": (abroad("GB", vat_number="XI366303068"), ("0",), U, None),
    "Ireland with a Northern Irish number": (abroad("IE", vat_number="XI366303068"), ("0",), G, None),
    "Switzerland with a Northern Irish number": (
        abroad("CH", vat_number="XI366303068"),
        ("0",),
        G,
        T.EXPORT,
    ),
    "Belfast nobody knows what": (abroad("GB", postal_code="bt1 5gs"), ("0",), B, None),
    "Belfast 20 %": (abroad("GB", postal_code="BT1 5GS"), ("20",), U, T.TAXED),
    "Tenerife": (abroad("ES", postal_code="38001", vat_number="ESA58818501"), ("0",), G, None),
    "Ceuta": (abroad("ES", postal_code="51001", vat_number="ESA58818501"), ("0",), S, None),
    "Melilla": (abroad("ES", postal_code="52001", vat_number="ESA58818501"), ("0",), S, None),
    "Madrid": (abroad("ES", postal_code="28001", vat_number="ESA58818501"), ("0",), G, T.INTRA_COMMUNITY),
    "Livigno": (abroad("IT", postal_code="23041", vat_number="IT00743110157"), ("0",), G, None),
    "Livigno, as it was": (abroad("IT", postal_code="23030", vat_number="IT00743110157"), ("0",), G, None),
    "Campione": (abroad("IT", postal_code="I-22061", vat_number="IT00743110157"), ("0",), S, None),
    "Büsingen": (abroad("DE", postal_code="78266", vat_number=GERMAN_VAT), ("0",), G, None),
    "Heligoland": (abroad("DE", postal_code="27498", vat_number=GERMAN_VAT), ("0",), S, None),
    "Åland": (abroad("FI", postal_code="22100", vat_number="FI20774740"), ("0",), G, None),
    "Helsinki": (abroad("FI", postal_code="00100", vat_number="FI20774740"), ("0",), S, T.REVERSE_CHARGE),
    "Tenerife 20 %": (abroad("ES", postal_code="38001"), ("20",), U, T.TAXED),
    "overseas 20 %": (abroad("GP", siret=SIRET), ("20",), G, None),
    "overseas 0 %": (abroad("GP", siret=SIRET), ("0",), G, None),
    "overseas by postal code": (company(address=address(postal_code="97400")), ("20",), S, None),
    "overseas by postal code 0 %": (company(address=address(postal_code="97400")), ("0",), G, None),
}


@pytest.mark.parametrize("name", TREATMENTS)
def test_zero_vat_always_has_a_lawful_reason(name: str) -> None:
    found, rates, sold, treatment = TREATMENTS[name]
    lines = tuple(line(id=str(i), vat_rate=Decimal(rate)) for i, rate in enumerate(rates))
    examination = examine(deal(companies=(found,), lines=lines), selling(sold), TODAY)
    if treatment is None:
        assert {p.cause for p in examination.problems} == {Cause.VAT}
    else:
        assert examination.plan
        assert examination.plan.profile.tax_treatment is treatment


@pytest.mark.parametrize("sold", [B, U])
def test_what_is_sold_abroad_at_zero_has_to_be_known_and_the_rest_is_asked_beside_it(
    sold: Operations,
) -> None:
    for customer, fields in (
        (abroad("US"), ["sold"]),
        (abroad("DE", vat_number=GERMAN_VAT), ["sold"]),
        (abroad("DE"), ["sold", "vat_number"]),
    ):
        found = problems_of(zero(customer), selling(sold))
        assert [p.field for p in found] == fields
    (only,) = problems_of(zero(abroad("US")), selling(sold))
    assert two_languages(only)
    assert 'operations = "goods"' in say_remedy(only, "fr")
    assert "Answer goods or services for this deal" in say_remedy(only, "en")
    plan_of(zero(abroad("US")), selling(S))


@pytest.mark.parametrize("usually", [U, B])
@pytest.mark.parametrize(
    ("option", "treatment", "mention"),
    [
        ("sold/7=goods", T.EXPORT, "Nature de l'opération : livraison de biens."),
        ("sold/7=services", T.OUTSIDE_SCOPE, "Nature de l'opération : prestation de services."),
    ],
)
def test_an_answer_says_what_one_deal_sells_and_its_invoice_says_so(
    usually: Operations, option: str, treatment: TaxTreatment, mention: str
) -> None:
    found, under = zero(abroad("US")), selling(usually)
    asked = examine(found, under, TODAY)
    assert [each.id for each in asked.options] == ["sold/7=goods", "sold/7=services"]
    assert all(spoken(each.label, "fr") != spoken(each.label, "en") for each in asked.options)
    said = NOTHING_SAID.having(option)
    plan = examine(found, under, TODAY, said).plan
    assert plan is not None
    assert plan.profile.tax_treatment is treatment
    footer = plan.order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under).footer
    assert footer.splitlines() == [WORDS[f"{treatment}_fr"], mention]
    other = found.model_copy(update={"ref": DealRef(connection="crm", id="8")})
    assert examine(other, under, TODAY, said).plan is None


def test_what_is_asked_beside_what_is_sold_is_asked_still() -> None:
    found = zero(abroad("DE"))
    said = NOTHING_SAID.having("sold/7=goods")
    assert [p.field for p in examine(found, selling(B), TODAY, said).problems] == ["vat_number"]


def test_overseas_is_asked_once_and_of_its_postal_code() -> None:
    for rate in ("0", "8.5", "20"):
        customer = company(address=address(postal_code="97400"))
        rates = policy(invoice=rules(vat=VatPolicy(rates=(Decimal(rate), Decimal(20)))))
        found = deal(companies=(customer,), lines=(line(vat_rate=Decimal(rate)),))
        (only,) = problems_of(found, rates)
        assert (str(only.record), only.field) == (COMPANY, "zip")


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


@pytest.mark.parametrize("sold", [G, S])
@pytest.mark.parametrize(
    ("switch", "customer"),
    [("reverse_charge", abroad("DE", vat_number=GERMAN_VAT)), ("export", abroad("US"))],
)
def test_what_is_switched_off_is_a_question_and_taxed_sales_still_pass(
    switch: str, customer: Any, sold: Operations
) -> None:
    vat = VatPolicy.model_validate({"zero_rate_reasons": WORDS, switch: False})
    by_hand = policy(invoice=rules(vat=vat, operations=sold))
    (only,) = problems_of(zero(customer), by_hand)
    assert (only.cause, str(only.record), only.field) == (Cause.VAT, "settings", f"vat.{switch}")
    assert f"{switch} = true" in say_remedy(only, "fr")
    assert f"{switch} = true" in say_remedy(only, "en")
    assert say_reason(only, "fr") != say_reason(only, "en")
    plan_of(deal(companies=(customer,)), by_hand)
    plan_of(zero(customer), selling(sold))


def test_goods_for_belfast_need_the_number_of_northern_ireland() -> None:
    for number in ("", "GB980780684", GERMAN_VAT):
        found = zero(abroad("GB", postal_code="BT1 5GS", vat_number=number))
        (only,) = problems_of(found, selling(G))
        assert (only.cause, str(only.record), only.field) == (Cause.VAT, COMPANY, "vat_number")
        assert "XI" in say_reason(only, "fr")
        assert "XI" in say_reason(only, "en")
    served = zero(abroad("GB", postal_code="BT1 5GS"))
    assert plan_of(served, selling(S)).profile.tax_treatment is T.OUTSIDE_SCOPE


@pytest.mark.parametrize("number", [ONE_STOP_SHOP, "IM3720000418"])
def test_a_number_for_sales_to_consumers_is_no_reason_for_reverse_charge(number: str) -> None:
    fields = [(p.cause, p.field) for p in problems_of(zero(abroad("DE", vat_number=number)), SERVICES)]
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
    causes = [p.cause for p in problems_of(zero(abroad("DE", vat_number="DE136695977")), SERVICES)]
    assert causes == [Cause.VAT, Cause.IDENTIFIER]


@pytest.mark.parametrize("seller", ["BE", "DE"])
def test_at_home_is_where_the_seller_is(seller: str) -> None:
    abroad_for_them = policy(
        invoice=rules(
            vat=VatPolicy(seller_country=seller, zero_rate_reasons={"reverse_charge_fr": "Autoliquidation"}),
            operations=S,
        )
    )
    assert [p.cause for p in problems_of(zero(abroad(seller)), abroad_for_them)] == [Cause.VAT]
    french = zero(company(vat_number=VAT))
    assert plan_of(french, abroad_for_them).profile.tax_treatment is TaxTreatment.REVERSE_CHARGE


WORDED: dict[TaxTreatment, tuple[Any, Operations]] = {
    T.INTRA_COMMUNITY: (abroad("DE", vat_number=GERMAN_VAT), G),
    T.REVERSE_CHARGE: (abroad("DE", vat_number=GERMAN_VAT), S),
    T.EXPORT: (abroad("US"), G),
    T.OUTSIDE_SCOPE: (abroad("US"), S),
}


@pytest.mark.parametrize("treatment", WORDED)
@pytest.mark.parametrize("blank", [None, " "])
def test_each_case_of_zero_prints_its_own_words_and_without_them_is_a_question(
    treatment: TaxTreatment, blank: str | None
) -> None:
    customer, sold = WORDED[treatment]
    key = f"{treatment}_fr"
    assert WORDS[key] in footer_of(zero(customer), selling(sold)).splitlines()
    others = {name: text for name, text in WORDS.items() if name != key}
    reasons = others if blank is None else others | {key: blank}
    (only,) = problems_of(
        zero(customer), policy(invoice=rules(vat=VatPolicy(zero_rate_reasons=reasons), operations=sold))
    )
    assert (only.cause, str(only.record), only.field) == (Cause.VAT, "settings", "vat.zero_rate_reasons")
    assert key in say_remedy(only, "fr")
    assert two_languages(only)


def footer_of(found: Deal, under: DealWonPolicy) -> str:
    return plan_of(found, under).order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under).footer


@pytest.mark.parametrize("language", ["fr", "en", "de", ""])
@pytest.mark.parametrize("written", ["fr", "en"])
def test_an_invoice_at_zero_vat_always_prints_its_reason(language: str, written: str) -> None:
    vat = VatPolicy(zero_rate_reasons={f"reverse_charge_{written}": "Reason"})
    found = zero(abroad("DE", vat_number=GERMAN_VAT)).model_copy(update={"language": language})
    first, *_ = footer_of(found, policy(invoice=rules(vat=vat, operations=S))).splitlines()
    assert first == "Reason"


def test_an_invoice_with_vat_never_prints_a_reason_for_zero() -> None:
    assert footer_of(deal(), policy()) == ""


EXEMPTING = policy(invoice=rules(vat=VatPolicy(zero_rate_reasons=WORDS | {"exempt_fr": "Exonération"})))
FREE: dict[str, dict[str, Any]] = {
    "price 0": {"unit_price": Decimal(0)},
    "100 % off": {"discount": Discount(percent=Decimal(100))},
}


@pytest.mark.parametrize("free", FREE)
def test_a_line_that_comes_to_nothing_does_not_say_how_the_sale_is_taxed(free: str) -> None:
    gift = line(id="2", name="Offert", vat_rate=Decimal(0), **FREE[free])
    assert footer_of(deal(lines=(line(), gift)), EXEMPTING) == ""
    german = abroad("DE", vat_number=GERMAN_VAT)
    taxed = line(id="2", name="Offert", **FREE[free])
    sold = deal(companies=(german,), lines=(line(vat_rate=Decimal(0)), taxed))
    assert plan_of(sold, selling(S)).profile.tax_treatment is TaxTreatment.REVERSE_CHARGE


def test_where_every_line_comes_to_nothing_their_rates_are_judged() -> None:
    gift = line(vat_rate=Decimal(0), unit_price=Decimal(0))
    assert Cause.VAT in {found.cause for found in problems_of(deal(lines=(gift,)))}


def test_a_deposit_states_no_reason_for_zero_where_nothing_on_it_is_at_zero() -> None:
    training = line(
        id="2", name="Formation", quantity=Decimal(1), unit_price=Decimal("0.01"), vat_rate=Decimal(0)
    )
    found = deal(lines=(line(), training), deposit_percent=Decimal(30))
    whole = plan_of(found, EXEMPTING)
    (only,) = whole.next_to(None).lines
    assert only.vat_rate
    ahead = whole.next_to(None).order(InvoiceReference(deal=DEAL), "cus_1", TODAY, EXEMPTING)
    assert ahead.footer == ""
    assert footer_of(found.model_copy(update={"deposit_percent": None}), EXEMPTING) == "Exonération"


def test_a_subscription_that_is_left_says_nothing_of_the_currency() -> None:
    left = policy(invoice=rules(recurring=Recurring.LEAVE, operations=S))
    subscribed = line(id="2", recurring="monthly")
    plan_of(
        deal(currency="USD", companies=(abroad("US"),), lines=(line(vat_rate=Decimal(0)), subscribed)), left
    )


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
            vat=VatPolicy(zero_rate_reasons=reasons),
            footers={"fr": "Pénalités", "en": "Late fees"},
            operations=G,
        )
    )
    found = zero(abroad("US")).model_copy(update={"language": "en"})
    first, _, last = footer_of(found, under).splitlines()
    assert (first, last) == ("Export", "Late fees")
