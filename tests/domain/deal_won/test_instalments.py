"""A deal that is to be invoiced in parts is never invoiced as a whole without somebody saying so."""

from datetime import timedelta
from decimal import Decimal

import pytest

from raccord.domain.deal_won.quality import examine
from raccord.domain.deal_won.said import NOTHING_SAID
from raccord.domain.desk.problems import Cause
from raccord.domain.rules.invoicing import Recurring
from raccord.domain.values.deal import Deal
from tests.domain.deal_won.selling import plan_of, problems_of
from tests.domain.samples import TODAY, deal, line, policy, rules
from tests.domain.spoken import say_reason, say_remedy, spoken, two_languages


def beside(*names: str) -> Deal:
    """A deal with these lines beside what it sells."""
    parts = tuple(line(id=str(n), name=name) for n, name in enumerate(names))
    return deal(lines=(line(name="Refonte du site"), *parts))


@pytest.mark.parametrize("percent", ["-10", "100", "120", "0.001", "99.999"])
def test_a_deposit_that_leaves_nothing_to_one_of_two_invoices_is_a_question(percent: str) -> None:
    (only,) = problems_of(deal(deposit_percent=Decimal(percent)))
    assert (only.cause, str(only.record), only.field) == (Cause.LINES, "deal", "deposit_percent")
    shown = percent.replace(".", ",")
    assert f"un acompte de {shown} %" in say_reason(only, "fr")
    assert two_languages(only)
    assert examine(deal(deposit_percent=Decimal(percent)), policy(), TODAY).options == ()


@pytest.mark.parametrize(
    ("typed", "meant"), [("0.3", "30"), ("0.01", "1"), ("0.3333", "33,33"), ("0.999", "99,9")]
)
def test_a_deposit_below_one_percent_was_typed_as_a_fraction(typed: str, meant: str) -> None:
    (only,) = problems_of(deal(deposit_percent=Decimal(typed)))
    assert (only.message.code, only.field) == ("deal.deposit_fraction", "deposit_percent")
    assert f"est-ce {meant} %" in say_reason(only, "fr")
    assert f"écrivez {meant}." in say_remedy(only, "fr")
    assert two_languages(only)
    plan_of(deal(deposit_percent=Decimal(1)))


@pytest.mark.parametrize("percent", [None, Decimal(0), Decimal("0.00")])
def test_no_deposit_is_none(percent: Decimal | None) -> None:
    plan_of(deal(deposit_percent=percent))


PARTS = (
    "Acompte 30 % à la commande",
    "Versement d'un acompte",
    "Arrhes",
    "SOLDE à la livraison",
    "Solde",
    "Échéance 2",
    "echéance n°3",
    "Deposit (30%)",
    "Down payment",
    "First instalment",
    "2nd installment",
    "Final payment",
    "1ère échéance",
    "Échéance du 15/01/2027",
    "Échéance de janvier",
    "1er versement",
    "2e versement",
    "Deuxième versement",
    "Versement n° 2",
    "Versement à la livraison",
    "Mensualité 1/3",
    "Mensualité n°2",
    "Reste à payer",
    "Avance 30 %",
    "Avance sur travaux",
    "A-compte 30%",
    "Tranche 1",
    "Jalon 2 - 60 %",
    "Paiement 1",
    "Facture 1/2",
    "Dernière facture",
    "30 % à la commande",
    "70% a la livraison",
    "Site web - 40 % au démarrage",
    "20 % à l'acceptation",
    "50% on delivery",
    "Milestone 2",
)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_price_beside_what_is_sold_is_a_question(name: str) -> None:
    (only,) = problems_of(beside(name))
    assert (only.cause, str(only.record), only.field) == (Cause.LINES, "deal", "line_items")
    assert name in say_reason(only, "fr")
    assert two_languages(only)
    plan_of(deal(lines=(line(name=name),)))


def test_a_deposit_beside_a_line_that_is_one_is_a_question_without_a_way_out() -> None:
    found = deal(lines=(line(name="Acompte"),), deposit_percent=Decimal(30))
    asked = examine(found, policy(), TODAY)
    (only,) = asked.problems
    assert (only.message.code, asked.options) == ("deal.deposit_twice", ())
    assert two_languages(only)


def test_a_delivery_that_lies_ahead_is_a_question_of_deals_with_a_deposit_alone() -> None:
    tomorrow = TODAY + timedelta(days=1)
    (only,) = problems_of(deal(deposit_percent=Decimal(30), delivered_on=tomorrow))
    assert (only.message.code, only.field) == ("deal.delivered_ahead", "delivered_on")
    assert two_languages(only)
    plan_of(deal(deposit_percent=Decimal(30), delivered_on=TODAY))
    plan_of(deal(delivered_on=tomorrow))


def test_a_balance_has_to_fit_on_one_invoice() -> None:
    lines = tuple(line(id=str(n)) for n in range(250))
    (only,) = problems_of(deal(lines=lines, deposit_percent=Decimal(30)))
    assert only.message.code == "deal.deposit"
    plan_of(deal(lines=lines[1:], deposit_percent=Decimal(30)))


@pytest.mark.parametrize(
    "name",
    [
        "Balance de précision",
        "Soldes d'hiver : affiches",
        "Gestion des échéances fiscales",
        "Dépôt de marque",
        "Installation",
        "Suivi du solde bancaire",
        "Versement en banque",
        "Gestion des versements",
        "Facturation électronique - paramétrage",
        "Échéancier personnalisé",
        "Échéance fiscale : déclaration",
        "Forfait Avancé",
        "Avancé",
        "Avancement du chantier",
        "Paiement 3 fois sans frais",
        "Paiement 3D Secure",
        "Module paiement en ligne",
        "Facture électronique",
        "Facture 2026 : reprise des données",
        "Jalonnement",
        "Tranches horaires 0-24",
        "Hausse de 30 % à prévoir",
        "Mensualités de prêt : simulateur",
        "TVA 20 % à la source",
    ],
)
def test_what_is_only_called_alike_is_invoiced(name: str) -> None:
    plan_of(beside(name))


def test_parts_are_asked_about_together_and_an_answer_is_for_these_lines() -> None:
    found = beside("Acompte 30 %", "Solde 70 %")
    asked = examine(found, policy(), TODAY)
    (only,) = asked.problems
    assert "Acompte 30 %" in say_reason(only, "fr")
    assert "Solde 70 %" in say_reason(only, "fr")
    (way_out,) = asked.options
    assert spoken(way_out.label, "fr") == "Tout est à facturer maintenant"
    said = NOTHING_SAID.having(way_out.id)
    assert examine(found, policy(), TODAY, said).plan is not None
    lines = (line(id="9", name="Acompte 30 %"), line(id="10", name="Autre chose"))
    assert examine(deal(lines=lines), policy(), TODAY, said).plan is None


def test_a_reduction_that_depends_on_when_is_paid_is_no_part() -> None:
    off = line(id="9", name="Remise 10 % à la commande", quantity=Decimal(1), unit_price=Decimal(-10))
    plan_of(deal(lines=(line(), off)))


def test_a_subscription_that_is_left_is_asked_about_by_nobody() -> None:
    left = policy(invoice=rules(recurring=Recurring.LEAVE))
    named = line(id="2", name="Logiciel d'acomptes", recurring="monthly")
    plan_of(deal(lines=(line(), named)), left)
    (asked,) = problems_of(deal(lines=(line(name="Acompte"), line(id="2"), named)), left)
    assert asked.message.code == "deal.instalments"


def test_a_deal_with_a_plan_of_instalments_is_invoiced_whole_only_when_somebody_says_so() -> None:
    found = deal(instalments=("Acompte (2026-12-01)", "Solde (2027-02-01)"))
    (asked,) = problems_of(found)
    assert (asked.cause, asked.message.code) == (Cause.LINES, "deal.instalment_plan")
    assert "Acompte (2026-12-01)" in say_reason(asked, "fr")
    assert two_languages(asked)
    (way_out,) = examine(found, policy(), TODAY).options
    said = NOTHING_SAID.having(way_out.id)
    assert examine(found, policy(), TODAY, said).plan is not None
    longer = deal(instalments=(*found.instalments, "Retenue (2027-03-01)"))
    assert examine(longer, policy(), TODAY, said).plan is None
