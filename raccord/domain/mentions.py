"""What an invoice says beside its figures: why VAT is 0 %, and what the law has the seller state."""

import re
from collections.abc import Iterable, Iterator

from raccord.domain.invoice import InvoiceLine
from raccord.domain.parties import TaxTreatment
from raccord.domain.policy import InvoicePolicy, Operations
from raccord.domain.problems import Cause, Problem, Text, problem

_FORTY = r"40(?:[.,]00)?"
_FORTY_EUROS = re.compile(
    rf"(?<![\d.,]){_FORTY}\s*(?:€|EUR\b|euros?\b)|(?:€|\bEUR)\s*{_FORTY}(?![.,]?\d)", re.IGNORECASE
)
_OPERATIONS = {
    Operations.GOODS: Text(
        fr="Nature de l'opération : livraison de biens.", en="Nature of the operation: supply of goods."
    ),
    Operations.SERVICES: Text(
        fr="Nature de l'opération : prestation de services.",
        en="Nature of the operation: supply of services.",
    ),
    Operations.BOTH: Text(
        fr="Nature de l'opération : livraison de biens et prestation de services.",
        en="Nature of the operation: supply of goods and services.",
    ),
}
_ON_DEBITS = Text(
    fr="Option pour le paiement de la taxe d'après les débits.",
    en="VAT payable on invoicing (option pour le paiement de la taxe d'après les débits).",
)


def states_indemnity(footer: str) -> bool:
    """Whether a text names the amount of 40 euros: `40 EUR`, `40,00 €`, `EUR 40`.

    Only the amount is looked for. The words around it, late penalties included, are the company's own.
    """
    return _FORTY_EUROS.search(footer) is not None


def footer_of(
    rules: InvoicePolicy,
    treatment: TaxTreatment,
    lines: Iterable[InvoiceLine],
    *,
    language: str,
    individual: bool,
) -> str:
    """Return everything that is printed below an invoice's lines, one mention per line of text.

    Raccord's own sentences exist in French and English; any other language gets the French ones.
    """
    spoken = "en" if language == "en" else "fr"

    def mentions() -> Iterator[str]:
        if treatment is not TaxTreatment.TAXED:
            yield rules.vat.zero_rate_reason(treatment, language)
        if rules.operations in _OPERATIONS:
            yield _OPERATIONS[rules.operations].in_language(spoken)
        if rules.vat.on_debits and any(line.vat_rate for line in lines):
            yield _ON_DEBITS.in_language(spoken)
        yield rules.footer(language, individual=individual)

    return "\n".join(mention for mention in mentions() if mention)


def missing_mention(rules: InvoicePolicy, *, language: str, individual: bool) -> Problem | None:
    """Say that the footer lacks what an invoice between professionals must state about late payment."""
    if individual or not rules.late_payment_mention or states_indemnity(rules.footer(language)):
        return None
    return problem(
        Cause.TERMS,
        "settings",
        "invoice.footers",
        reason=(
            "Le pied de facture ne mentionne pas les pénalités de retard et l'indemnité de 40 EUR, "
            "obligatoires entre professionnels.",
            "The invoice footer does not state the late penalties and the EUR 40 indemnity, "
            "which the law requires between professionals.",
        ),
        remedy=(
            f"Écrivez-les dans [invoice.footers] de raccord.toml, en « {language} » "
            f"ou « {rules.default_language} ».",
            f"Write them into [invoice.footers] of raccord.toml, in “{language}” "
            f"or “{rules.default_language}”.",
        ),
    )
