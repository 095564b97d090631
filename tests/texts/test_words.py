"""What a finance manager reads of a deal: names instead of ids, French figures, and what is true for it."""

from decimal import Decimal

import pytest

from raccord.domain.deal_won.quality import examine
from raccord.domain.deal_won.questions import no_longer_won
from raccord.domain.values.deal import Deal, Unreadable
from raccord.domain.values.invoice import Buyer, InvoiceState
from raccord.texts.problems import say_problem
from tests.domain.samples import TODAY, company, deal, invoice, line, policy

PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " "})
AUDIT = "ligne 2 « Audit »"


def second(**changes: object) -> Deal:
    """A deal whose second line has these facts."""
    return deal(lines=(line(), line(id="42", name="Audit", **changes)))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            second(vat_rate=Decimal("0.2")),
            f"{AUDIT} · taux de TVA : Le taux de TVA saisi est 0,2 % : est-ce 20 % ? → Le taux se "
            "saisit en pour cent : écrivez 20.",
        ),
        (
            second(vat_rate=Decimal("0.055")),
            f"{AUDIT} · taux de TVA : Le taux de TVA saisi est 0,055 % : est-ce 5,5 % ? → Le taux se "
            "saisit en pour cent : écrivez 5,5.",
        ),
        (
            second(vat_rate=Decimal("0.9")),
            f"{AUDIT} · taux de TVA : Le taux de TVA 0,9 % est inconnu. → Saisissez un taux en usage (20 %, "
            "10 %, 5,5 %, 2,1 %, 0 %) ; l'administrateur de Raccord peut ajouter un "
            "autre taux légal dans [vat] rates de raccord.toml.",
        ),
        (
            second(unit_price=Decimal("-1234.5")),
            f"{AUDIT} · prix unitaire : Le prix unitaire est négatif (-1 234,50 €). → Mettez la "
            "réduction dans le champ remise d'une ligne ; un remboursement se fait par avoir.",
        ),
        (
            second(unit_price=Decimal("5000.00"), amount=Decimal("5120.5")),
            f"{AUDIT} · montant : Le CRM calcule 5 120,50 € pour cette ligne, mais quantité, "
            "prix et remise donnent 10 000,00 €. → Vérifiez quantité, prix et remise de la ligne.",
        ),
        (
            deal(amount=Decimal("5120.5")),
            "affaire · montant : L'affaire vaut 5 120,50 € HT, mais la somme de ses lignes est de 100,00 €. "
            "→ Corrigez le montant ou les lignes de l'affaire.",
        ),
        (
            deal(companies=(company(email="sans"),), contacts=()),
            "entreprise Acme · e-mail de facturation : L'adresse e-mail « sans » n'est pas valide. → "
            "Corrigez l'e-mail de facturation de l'entreprise, ou associez à l'affaire un contact dont "
            "l'e-mail est valide.",
        ),
        (
            deal(
                lines=(line(), line(id="42", name="Audit")),
                unreadable=(Unreadable(record="line item 42", field="price", value="12,x"),),
            ),
            f"{AUDIT} · prix unitaire : La valeur « 12,x » est illisible. → Corrigez-la dans le CRM.",
        ),
        (
            deal(
                lines=(line(), line(id="42", name="Audit", vat_rate=None)),
                unreadable=(
                    Unreadable(record="line item 42", field="vat_rate", value="7", setting="[rates]"),
                ),
            ),
            f"{AUDIT} · taux de TVA : Raccord ne sait pas à quel pourcentage correspond le taux de taxe "
            "« 7 » du CRM. → Saisissez le taux sur la ligne ; pour que la question ne revienne plus, "
            'l\'administrateur de Raccord ajoute "7" avec son pourcentage dans [rates] de raccord.toml.',
        ),
    ],
)
def test_a_problem_says_which_record_and_in_the_reader_s_figures(found: Deal, said: str) -> None:
    (only,) = examine(found, policy(), TODAY).problems
    assert say_problem(only, "fr").translate(PLAIN) == said


def test_a_price_in_a_currency_that_is_none_is_a_plain_number() -> None:
    problems = examine(
        deal(currency="XYZ", lines=(line(unit_price=Decimal("-2.5")),)), policy(), TODAY
    ).problems
    assert "(-2,5)" in " ".join(say_problem(each, "fr") for each in problems)


@pytest.mark.parametrize(
    ("deleted", "said", "unsaid"),
    [(True, ("supprimée du CRM", "restaurée"), "« gagnée »"), (False, ("remettez l'affaire",), "supprimée")],
)
def test_a_lost_and_a_deleted_deal_are_told_what_is_true_for_them(
    deleted: bool, said: tuple[str, ...], unsaid: str
) -> None:
    paid = invoice(InvoiceState.PAID, number="F-1", buyer=Buyer(name="Acme"))
    (only,) = no_longer_won(paid, deleted=deleted).problems
    text = say_problem(only, "fr").translate(PLAIN)
    assert [part for part in ("facture F-1 à Acme (120,00 € TTC)", "avoir", *said) if part not in text] == []
    assert unsaid not in text
