"""Terms of payment as people type them."""

import pytest

from raccord.domain.values.payment_terms import PaymentTerms, parse_payment_terms


@pytest.mark.parametrize(
    ("typed", "days", "month_end"),
    [
        ("30", 30, None),
        ("30.0", 30, None),
        ("-1", -1, None),
        ("3000", 3000, None),
        ("30 jours", 30, None),
        ("30 Jours.", 30, None),
        ("30j", 30, None),
        ("30 j", 30, None),
        ("à 30 jours", 30, None),
        ("sous 15 jours", 15, None),
        ("J+30", 30, None),
        ("30 days", 30, None),
        ("Net 30", 30, None),
        ("within 14 days", 14, None),
        ("Paiement à 30 jours", 30, None),
        ("30 jours fin de mois", 30, True),
        ("30 jours, fin de mois", 30, True),
        ("45 jours FDM", 45, True),
        ("45 FDM", 45, True),
        ("45 j fdm", 45, True),
        ("45 jours fin du mois", 45, True),
        ("30 days end of month", 30, True),
        ("30 days EOM", 30, True),
        ("fin de mois 45 jours", 45, True),
        ("fin de mois + 45 jours", 45, True),
        ("60 jours date de facture", 60, False),
        ("60 jours à compter de la date de facture", 60, False),
        ("60 jours à compter de la date d'émission de la facture", 60, False),
        ("60 jours de la facture", 60, False),
        ("30 jours nets", 30, False),
        ("30 jours net", 30, False),
        ("30 days from invoice date", 30, False),
        ("30 days after the date of the invoice", 30, False),
        ("à réception", 0, False),
        ("À RÉCEPTION DE FACTURE", 0, False),
        ("Paiement à réception de la facture", 0, False),
        ("comptant", 0, False),
        ("Paiement comptant", 0, False),
        ("au comptant", 0, False),
        ("immédiat", 0, False),
        ("due on receipt", 0, False),
        ("upon receipt", 0, False),
        ("dès réception", 0, False),
        ("virement à réception de facture", 0, False),
        ("Virement 30 jours", 30, None),
        ("par chèque à 30 jours", 30, None),
        ("virement bancaire à 45 jours fin de mois", 45, True),
        ("30 jours à réception de facture", 30, False),
        ("30 jours après réception de la facture", 30, False),
        ("30 days after receipt", 30, False),
        ("30 jours nets date de facture", 30, False),
    ],
)
def test_terms_are_read_as_people_type_them(typed: str, days: int, month_end: bool | None) -> None:
    assert parse_payment_terms(typed) == PaymentTerms(days=days, month_end=month_end)


@pytest.mark.parametrize(
    "typed",
    [
        "30.5",
        "fin de mois",
        "30 jours le 10",
        "30 jours fin de mois le 10",
        "30 ou 45 jours",
        "30/60/90",
        "30% à la commande",
        "50 % comptant, 50 % à 30 jours",
        "2 mois",
        "virement",
        "voir contrat",
        "10 du mois suivant",
    ],
)
def test_what_may_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="terms of payment"):
        parse_payment_terms(typed)
