"""What is printed below an invoice's lines, and which footers the law finds wanting."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.mentions import footer_of, unstated
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import IndividualRule, InvoicePolicy, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import TaxTreatment
from tests.domain.samples import DEAL, TODAY, abroad, company, deal, line, policy, rules
from tests.domain.spoken import say_reason, say_remedy, spoken

FRENCH = "Pas d'escompte. Pénalités de retard au taux BCE + 10 points ; indemnité de recouvrement de 40 EUR."
ENGLISH = "No discount. Late payment: interest at the ECB rate plus 10 points, recovery indemnity of EUR 40."
PENALTIES, INDEMNITY, DISCOUNT = "late-payment penalties", "EUR 40", "discount"


def under(**changes: Any) -> DealWonPolicy:
    """The rules of a French seller, whose footers must state what the law has it say of payment."""
    return policy(invoice=rules(**({"late_payment_mention": True, "discount_mention": True} | changes)))


def missing(text: str) -> list[str]:
    """What such a footer lacks, in a word or two each."""
    owing = InvoicePolicy(footers={"fr": text}, late_payment_mention=True, discount_mention=True)
    said = spoken(unstated(owing, "fr"))
    return [word for word in (PENALTIES, INDEMNITY, DISCOUNT) if word in said]


def footer(found: Any, by: DealWonPolicy) -> str:
    plan = examine(found, by, TODAY).plan
    assert plan is not None
    return plan.order(InvoiceReference(deal=DEAL), "cus_1", TODAY, by).footer


@pytest.mark.parametrize(
    "text",
    [
        "40 €",
        "40€",
        "40,00 €",
        "40.00 EUR",
        "€40.00 per invoice",
        "40\u00a0euros",
        "40\u202f€",
        "(40 Euro)",
        "EUR 40.",
        "40,- €",
        "40,-- EUR",
        "quarante euros",
        "40 (quarante) euros",
        "forty euros",
        "EUR 40, 12 rue de la Paix",
    ],
)
def test_the_indemnity_is_recognised_as_people_write_it(text: str) -> None:
    assert missing(f"Indemnité : {text}") == [PENALTIES, DISCOUNT]


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        ENGLISH,
        FRENCH.upper(),
        "Intérêts de retard : 12 %. Indemnité forfaitaire : quarante euros. Escompte : néant.",
        "Late payment penalty 12 %. Compensation for recovery costs: 40,- €. No discount.",
        "Kein Skonto. Verzugszinsen: EZB-Satz + 10 Punkte; Pauschale von 40 €.",
        "Sin descuento. Intereses de demora; indemnización de 40 €.",
        "Nessuno sconto. Interessi di mora; indennizzo di 40 euro per il recupero.",
        "Geen korting. Rente bij te late betaling; vergoeding van € 40.",
    ],
)
def test_a_footer_that_says_all_three_is_in_order(text: str) -> None:
    assert missing(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Pénalités de retard",
        "140 EUR",
        "1.40 EUR",
        "40 jours",
        "EUR 400",
        "€40.50",
        "40,50 €",
        "40 %",
        "SAS au capital de EUR 40 000",
        "SAS au capital de EUR 40\u202f000",
        "SAS au capital de 40 000 EUR",
        "SAS au capital de 1 040 EUR",
    ],
)
def test_another_figure_is_no_indemnity(text: str) -> None:
    assert INDEMNITY in missing(f"Indemnité. {text}")


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("Frais de port : 40 EUR", [PENALTIES, INDEMNITY, DISCOUNT]),
        ("Offre intéressante sous trente jours", [PENALTIES, INDEMNITY, DISCOUNT]),
        ("Pénalités de retard. Pas d'escompte. Frais de port : 40 EUR", [INDEMNITY]),
        ("Indemnité de recouvrement de 40 EUR. Pas d'escompte.", [PENALTIES]),
        ("Intérêts de retard. Indemnité de recouvrement de 40 EUR.", [DISCOUNT]),
    ],
)
def test_the_question_says_what_is_missing(text: str, lacking: list[str]) -> None:
    assert missing(text) == lacking
    (only,) = examine(deal(), under(footers={"fr": text}), TODAY).problems
    assert [word for word in (PENALTIES, INDEMNITY, DISCOUNT) if word in say_reason(only, "en")] == lacking
    assert ("escompte" in say_reason(only, "fr")) is (DISCOUNT in lacking)


def test_a_language_is_named_once() -> None:
    (only,) = examine(deal(language="fr"), under(footers={}), TODAY).problems
    assert say_remedy(only, "fr").count("« fr »") == 1
    (only,) = examine(deal(language="en"), under(footers={}), TODAY).problems
    assert "« en », « fr »" in say_remedy(only, "fr")
    assert "“en”, “fr”" in say_remedy(only, "en")


@pytest.mark.parametrize("footers", [{}, {"fr": " "}, {"fr": "Merci"}, {"en": ENGLISH}])
@pytest.mark.parametrize("customer", [company(), abroad("DE")])
def test_a_company_is_never_invoiced_without_the_indemnity(footers: dict[str, str], customer: Any) -> None:
    (only,) = examine(deal(companies=(customer,)), under(footers=footers), TODAY).problems
    assert (only.cause, str(only.record), only.field) == (Cause.TERMS, "settings", "invoice.footers")
    assert "[invoice.footers]" in say_remedy(only, "fr")
    assert "[invoice.footers]" in say_remedy(only, "en")
    assert say_reason(only, "fr") != say_reason(only, "en")


@pytest.mark.parametrize(
    ("language", "footers", "clean"),
    [
        ("fr", {"fr": FRENCH}, True),
        ("en", {"fr": FRENCH}, True),
        ("en", {"fr": FRENCH, "en": ENGLISH}, True),
        ("en", {"fr": FRENCH, "en": "Thank you"}, False),
        ("fr", {"fr": "Merci", "en": ENGLISH}, False),
    ],
)
def test_the_footer_that_is_printed_is_the_one_that_is_judged(
    language: str, footers: dict[str, str], clean: bool
) -> None:
    found = examine(deal(language=language), under(footers=footers), TODAY)
    assert (found.problems == ()) is clean


def test_a_seller_elsewhere_owes_no_french_mention() -> None:
    by = under(late_payment_mention=False, discount_mention=False)
    assert examine(deal(), by, TODAY).problems == ()


PERSON = company(siret="", individual=True)


@pytest.mark.parametrize(("footers", "printed"), [({}, ""), ({"fr": "Médiateur : ..."}, "Médiateur : ...")])
def test_a_private_person_is_never_threatened_with_the_indemnity(
    footers: dict[str, str], printed: str
) -> None:
    for companies in ({"fr": FRENCH}, {}):
        by = under(footers=companies, footers_individuals=footers, individuals=IndividualRule.INVOICE)
        assert footer(deal(companies=(PERSON,)), by) == printed


@pytest.mark.parametrize(
    ("operations", "language", "words"),
    [
        (Operations.GOODS, "fr", "livraison de biens"),
        (Operations.SERVICES, "fr", "prestation de services"),
        (Operations.BOTH, "de", "livraison de biens et prestation de services"),
        (Operations.GOODS, "en", "supply of goods"),
        (Operations.SERVICES, "en", "supply of services"),
        (Operations.BOTH, "en", "supply of goods and services"),
    ],
)
def test_the_nature_of_the_operations_is_printed_when_set(
    operations: Operations, language: str, words: str
) -> None:
    printed = footer(deal(language=language), under(footers={"fr": FRENCH}, operations=operations))
    first, *rest = printed.split("\n")
    assert words in first
    assert rest == [FRENCH]


def test_vat_on_debits_is_stated_where_there_is_vat_and_only_there() -> None:
    vat = VatPolicy(on_debits=True, zero_rate_reasons={"export_fr": "Exportation"})
    by = under(footers={"fr": FRENCH}, vat=vat, operations=Operations.GOODS)
    french = "Option pour le paiement de la taxe d'après les débits."
    goods = "Nature de l'opération : livraison de biens."
    assert footer(deal(), by).split("\n") == [goods, french, FRENCH]
    assert "après les débits" in footer(deal(language="en"), by)
    exported = deal(companies=(abroad("US"),), lines=(line(vat_rate=Decimal(0)),))
    assert footer(exported, by).split("\n") == ["Exportation", goods, FRENCH]
    assert "débits" not in footer(deal(), under(footers={"fr": FRENCH}))


def test_an_old_frozen_policy_asks_no_new_question() -> None:
    frozen = InvoicePolicy.model_validate({"payment_terms_days": 30, "footers": {}})
    assert examine(deal(service_date=date(2026, 11, 1)), policy(invoice=frozen), TODAY).problems == ()
    footers = {"fr": "Pénalités de retard et indemnité de 40 EUR."}
    frozen = InvoicePolicy.model_validate({"late_payment_mention": True, "footers": footers})
    assert examine(deal(), policy(invoice=frozen), TODAY).problems == ()


@pytest.mark.parametrize(
    ("changes", "language", "printed"),
    [
        (
            {"iban": "fr76 30006000011234567890189", "bic": "agrifrpp"},
            "fr",
            "Règlement par virement\u00a0: IBAN FR76 3000 6000 0112 3456 7890 189, BIC AGRIFRPP.\n40 EUR",
        ),
        (
            {"iban": "FR7630006000011234567890189"},
            "en",
            "Payment by bank transfer: IBAN FR76 3000 6000 0112 3456 7890 189.\n40 EUR",
        ),
        ({}, "fr", "40 EUR"),
    ],
)
def test_the_account_for_transfers_is_printed_above_the_footer(
    changes: dict[str, str], language: str, printed: str
) -> None:
    rules = InvoicePolicy.model_validate({"footers": {"fr": "40 EUR"}} | changes)
    assert footer_of(rules, TaxTreatment.TAXED, (), language=language, individual=False) == printed
