"""The questions that only the course of a flow can raise, each with what to do about it."""

from raccord.domain.invoice import Invoice
from raccord.domain.parties import Customer
from raccord.domain.problems import Cause, Problem, problem


def several_invoices(invoices: tuple[Invoice, ...]) -> Problem:
    """More than one invoice claims the deal."""
    listed = ", ".join(i.number or i.id for i in invoices)
    return problem(
        Cause.SEVERAL_INVOICES,
        "deal",
        "invoice",
        reason=(
            f"Plusieurs factures portent cette affaire ({listed}).",
            f"Several invoices carry this deal ({listed}).",
        ),
        remedy=(
            "Gardez-en une : supprimez les brouillons en trop, créditez la facture en trop.",
            "Keep one: delete the extra drafts, credit the extra invoice.",
        ),
    )


def vanished(about: str) -> Problem:
    """A record is gone each time it is needed."""
    return problem(
        Cause.REFUSED,
        about,
        "id",
        reason=(f"« {about} » disparaît à chaque essai.", f"“{about}” vanishes at every attempt."),
        remedy=(
            "Vérifiez qui ou quoi le supprime, puis relancez.",
            "Find out who or what deletes it, then start again.",
        ),
    )


def unproven(draft: Invoice, differences: str) -> Problem:
    """The draft does not come to our totals; `differences` names each figure, expected and found."""
    return problem(
        Cause.TOTALS,
        f"draft {draft.id}",
        "total",
        reason=(
            f"Le brouillon ne tombe pas sur nos totaux (attendu / trouvé) : {differences}.",
            f"The draft does not come to our totals (expected / found): {differences}.",
        ),
        remedy=(
            "Le brouillon est gardé. Vérifiez lignes et taux, ou la règle d'arrondi de la connexion, "
            "puis relancez.",
            "The draft is kept. Check lines and rates, or the connection's VAT rounding, then start again.",
        ),
    )


def which_customer(candidates: tuple[Customer, ...], crm_company: str) -> Problem:
    """Existing customers resemble the company without proof."""
    listed = ", ".join(c.id for c in candidates)
    return problem(
        Cause.CUSTOMER_CHOICE,
        f"company {crm_company}",
        "customer",
        reason=(
            f"Un client existant lui ressemble sans preuve suffisante ({listed}).",
            f"Existing customers resemble it without proof ({listed}).",
        ),
        remedy=(
            "Dans la facturation, complétez le SIREN ou le numéro de TVA du bon client, ou son nom exact, "
            "puis relancez.",
            "In the billing system, give the right customer its SIREN or VAT number, or its exact name, "
            "then start again.",
        ),
    )


def vanished_customer(crm_company: str) -> Problem:
    """The customer was deleted while it was being found."""
    return problem(
        Cause.REFUSED,
        f"company {crm_company}",
        "customer",
        reason=(
            "Le client a été supprimé de la facturation pendant qu'on l'utilisait.",
            "The customer was deleted from the billing system while it was being used.",
        ),
        remedy=(
            "Relancez le flux : un client sera cherché ou créé.",
            "Start the flow again: a customer is found or created.",
        ),
    )
