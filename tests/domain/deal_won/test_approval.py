"""What the approval shows is what will be issued, and an answer stands as long as that is the same."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.approval import approval
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.question import Ask, Detail
from raccord.domain.rules.invoicing import Delivery, Operations
from raccord.domain.values.deal import Deal
from raccord.domain.values.invoice import Buyer, InvoiceReference, InvoiceState
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from raccord.texts.voice import Voice
from tests.domain.deal_won.selling import of, per_unit, percent, zero
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
    customer,
    deal,
    invoice,
    line,
    policy,
    rules,
    terms,
)

FR, EN = Voice(language="fr"), Voice(language="en")
DRAFT = invoice(InvoiceState.DRAFT, page="https://billing.example/in_1")


def asked(found: Deal | None = None, under: DealWonPolicy | None = None, **changes: Any) -> Ask:
    under = under or policy()
    today = changes.get("today", TODAY)
    plan = examine(found or deal(), under, today).plan
    assert plan
    given = {"recipient": plan.profile.email, "today": today}
    return approval(plan, under, **(given | changes))


def said(details: Iterable[Detail], voice: Voice = FR) -> dict[str, str]:
    """What a person reads, by its label; no-break spaces as spaces."""
    plain = str.maketrans({"\u202f": " ", "\u00a0": " "})
    written = ((voice.write(each.label), voice.write(each.value)) for each in details)
    return {label.translate(plain): value.translate(plain) for label, value in written}


def test_a_person_sees_all_that_will_be_issued() -> None:
    found = deal(
        purchase_order="PO-42",
        service_date=date(2026, 11, 18),
        companies=(company(vat_number=VAT),),
        lines=(
            line(id="1", name="Audit", quantity=Decimal("1.5"), unit_price=Decimal("3413.6667")),
            line(id="2", name="Repas", unit_price=Decimal("10.00"), vat_rate=Decimal("5.5")),
        ),
    )
    assert said(asked(found).details) == {
        "Client": "Acme",
        "Adresse": "1 rue de la Paix, 75002 Paris, FR",
        "SIREN": SIREN,
        "SIRET": SIRET,
        "N° de TVA": VAT,
        "Envoyée à": "compta@acme.fr",
        "N° de commande": "PO-42",
        "Date de prestation": "18/11/2026",
        "Délai de paiement": "30 jours",
        "Échéance, si émise aujourd'hui": "22/12/2026",
        "Total HT": "5 140,50 €",
        "TVA": "5,5 % sur 20,00 € : 1,10 €, 20 % sur 5 120,50 € : 1 024,10 €",
        "Total TTC": "6 165,70 €",
        "Ligne 1": "1,5 × 3 413,6667 € = 5 120,50 € HT, TVA 20 % · Audit",
        "Ligne 2": "2 × 10,00 € = 20,00 € HT, TVA 5,5 % · Repas",
    }


def test_the_wording_of_zero_percent_is_quoted() -> None:
    german = abroad("DE", postal_code="10117", vat_number=GERMAN_VAT)
    services = policy(invoice=rules(operations=Operations.SERVICES))
    shown = said(asked(zero(german), services).details)
    assert shown["Mention légale du 0 %"] == "« Autoliquidation »"
    assert "Mention légale du 0 %" not in said(asked().details)


@pytest.mark.parametrize(
    ("discount", "fr", "en"),
    [
        (percent("10"), "2 × (50,00 € − 10 %) = 90,00 €", "2 × (€50.00 − 10%) = €90.00"),
        (per_unit("5"), "2 × (50,00 € − 5,00 €) = 90,00 €", "2 × (€50.00 − €5.00) = €90.00"),
        (percent("0"), "2 × 50,00 € = 100,00 €", "2 × €50.00 = €100.00"),
    ],
)
def test_a_line_shows_how_it_comes_to_its_amount(discount: Any, fr: str, en: str) -> None:
    details = asked(deal(lines=(line(discount=discount),))).details
    assert said(details)["Ligne 1"] == f"{fr} HT, TVA 20 % · Conseil"
    assert said(details, EN)["Line 1"] == f"{en} net, 20% VAT · Conseil"


def test_a_line_shows_what_a_reduction_took_off_it() -> None:
    less = line(id="9", name="Remise", quantity=Decimal(1), unit_price=Decimal(-10))
    details = asked(deal(lines=(line(), less))).details
    assert said(details)["Ligne 1"] == "2 × 50,00 €, remise 10,00 € = 90,00 € HT, TVA 20 % · Conseil"


@pytest.mark.parametrize(
    ("days", "month_end", "shown"),
    [(0, False, "à réception"), (1, False, "1 jour"), (45, True, "45 jours fin de mois")],
)
def test_terms_are_told_as_people_write_them(days: int, month_end: bool, shown: str) -> None:
    details = asked(deal(payment_terms=terms(days, month_end=month_end))).details
    assert said(details)["Délai de paiement"] == shown


def test_an_invoice_that_nobody_mails_is_not_told_as_sent() -> None:
    quiet = asked(under=policy(invoice=rules(delivery=Delivery.NONE)))
    assert said(quiet.details)["Envoyée à"] == "personne : émise sans e-mail"
    assert [FR.write(option.label) for option in quiet.options] == ["Émettre (sans e-mail)"]
    assert [FR.write(option.label) for option in asked().options] == ["Émettre et envoyer"]


def test_with_a_test_key_the_approval_promises_no_mail() -> None:
    in_test = asked(under=policy(mails_leave=False))
    assert said(in_test.details)["Envoyée à"] == "compta@acme.fr (clé de test : aucun e-mail ne part)"


def test_what_billing_prints_otherwise_is_shown_as_printed() -> None:
    theirs = Buyer(name="ACME Holding", address=address(line1="9 rue Rubis"))
    other = asked(draft=invoice(InvoiceState.DRAFT, buyer=theirs))
    assert said(other.details)["Imprimé sur la facture"] == "ACME Holding, 9 rue Rubis, 75002 Paris, FR"
    alike = asked(draft=invoice(InvoiceState.DRAFT, buyer=Buyer(name="ACME", address=address())))
    assert "Imprimé sur la facture" not in said(alike.details)


def test_the_reference_of_the_deal_is_printed_where_the_company_says_so() -> None:
    under = policy(invoice=rules(memos={"fr": "Devis {reference}"}))
    quoted = deal(reference="D-118")
    plan = examine(quoted, under, TODAY).plan
    assert plan
    order = plan.order(InvoiceReference(deal=DEAL), "cus_1", TODAY, under)
    assert order.memo == "Devis D-118"
    assert said(asked(quoted, under).details)["Référence imprimée"] == "« Devis D-118 »"
    assert asked(quoted, under).fingerprint != asked(deal(reference="D-119"), under).fingerprint
    assert "Référence imprimée" not in said(asked(quoted).details)


def test_a_balance_that_changed_is_another_question() -> None:
    plan = examine(deal(), policy(), TODAY).plan
    assert plan
    rounding = policy().vat_rounding
    owing = [
        plan.for_customer(customer(balance=Money.of_minor(cents, "EUR")), rounding) for cents in (500, 900)
    ]
    asks = [approval(each, policy(), recipient="a@acme.fr", today=TODAY) for each in owing]
    assert asks[0].warnings
    assert asks[0].fingerprint != asks[1].fingerprint


def test_the_draft_can_be_opened_and_is_no_part_of_what_is_asked() -> None:
    (page,) = asked(draft=DRAFT).links
    assert page.url == "https://billing.example/in_1"
    another = DRAFT.model_copy(update={"id": "in_2", "page": "https://billing.example/in_2"})
    assert asked().fingerprint == asked(draft=DRAFT).fingerprint == asked(draft=another).fingerprint


@pytest.mark.parametrize(
    "changed",
    [
        of(name="Acme SAS"),
        of(email="autre@acme.fr"),
        of(address=address(line1="2 rue de la Paix")),
        of(siret="", siren=SIREN),
        of(vat_number=VAT),
        deal(purchase_order="PO-42"),
        deal(service_date=date(2026, 11, 18)),
        deal(payment_terms=terms(45)),
        deal(lines=(line(name="Audit"),)),
        deal(lines=(line(description="deux jours"),)),
        deal(lines=(line(quantity=Decimal(4), unit_price=Decimal("25.00")),)),
        deal(lines=(line(vat_rate=Decimal(10)),)),
        deal(lines=(line(), line(id="42", unit_price=Decimal(0)))),
    ],
)
def test_what_is_issued_otherwise_is_another_question(changed: Deal) -> None:
    assert asked(changed).fingerprint != asked().fingerprint


def test_a_line_that_is_not_shown_counts_too() -> None:
    many = tuple(line(id=str(n), name=f"Jour {n}") for n in range(30))
    renamed = (*many[:-1], line(id="29", name="Nuit"))
    assert asked(deal(lines=many)).fingerprint != asked(deal(lines=renamed)).fingerprint


def test_an_answer_counts_on_another_day_whatever_the_warnings_say_of_today() -> None:
    moving = deal(won_on=None, payment_terms=terms(90))
    before, later = (asked(moving, today=TODAY + timedelta(days=n)) for n in (0, 40))
    assert {w.message.code for w in before.warnings} == {"service_date.today_taken", "terms.too_long"}
    assert said(before.details) != said(later.details)
    assert before.fingerprint == later.fingerprint
    assert before.fingerprint != asked(deal(won_on=None)).fingerprint


def test_an_approval_of_60_days_end_of_month_is_the_same_on_any_day() -> None:
    found = deal(payment_terms=terms(60, month_end=True))
    assert len({asked(found, today=TODAY + timedelta(days=n)).fingerprint for n in range(0, 40, 4)}) == 1


def test_an_approval_after_a_credit_note_is_another_one() -> None:
    again = asked(cycle=2)
    assert again.fingerprint != asked().fingerprint
    assert FR.write(message("approval.times", count=1)) in said(again.details).values()
