"""What an invoice says beside its figures: why VAT is 0 %, and what the law has the seller state."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from raccord.domain.desk.problems import Cause, Problem, Text, problem
from raccord.domain.rules.invoicing import InvoicePolicy, Operations
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.parties import TaxTreatment

_FORTY = r"(?:40(?:[.,](?:00|--?|–|—))?|quarante|forty)"
_FORTY_EUROS = re.compile(
    rf"(?<![\w.,]){_FORTY}\)?\s*(?:€|eur\b|euros?\b)|(?:€|\beur)\s*{_FORTY}(?![.,]?\d|\s\d{{3}}(?!\d))"
)
# Stems in French, English, German, Spanish, Italian and Dutch, without accents.
_INDEMNITY = re.compile(
    "indemn|recouvrement|recovery|collection|compensation|pauschal|vergoeding|cobro|recupero"
)
_PENALTIES = re.compile(
    r"penalit|penalt|penaliz|penali\b|interet|interest|interes(?:es)?\b|interessi\b|zinsen|\brente"
)
_DISCOUNT = re.compile("escompte|discount|skonto|descuento|sconto|korting")
_LATE_PENALTIES = Text(fr="les pénalités de retard", en="the late-payment penalties")
_RECOVERY = Text(fr="l'indemnité de recouvrement de 40 EUR", en="the EUR 40 recovery indemnity")
_EARLY_PAYMENT = Text(
    fr="l'escompte (ou son absence)", en="the discount for early payment (or that there is none)"
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


def unstated(rules: InvoicePolicy, language: str) -> tuple[Text, ...]:
    """Return what invoices to professionals must say of payment and the footer in this language does not.

    C. com. L441-9 and L441-10: late penalties, the indemnity of 40 euros (`40 EUR`, `40,- €`, `quarante
    euros`) and the discount for early payment. Words are looked for; their sense is the company's own.
    """
    words = _plain(rules.footer(language))
    indemnity = _FORTY_EUROS.search(words) and _INDEMNITY.search(words)
    mentions = (
        (rules.late_payment_mention, _LATE_PENALTIES, _PENALTIES.search(words)),
        (rules.late_payment_mention, _RECOVERY, indemnity),
        (rules.discount_mention, _EARLY_PAYMENT, _DISCOUNT.search(words)),
    )
    return tuple(mention for owed, mention, found in mentions if owed and not found)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


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
    """Say what the footer lacks of the mentions that are mandatory between professionals."""
    missing = () if individual else unstated(rules, language)
    if not missing:
        return None
    languages = tuple(dict.fromkeys((language, rules.default_language)))
    return problem(
        Cause.TERMS,
        "settings",
        "invoice.footers",
        reason=(
            "Le pied de facture ne mentionne pas ce qui est obligatoire entre professionnels : "
            f"{_listed(missing, 'fr')}.",
            "The invoice footer does not state what the law requires between professionals: "
            f"{_listed(missing, 'en')}.",
        ),
        remedy=(
            "Complétez [invoice.footers] de raccord.toml, en "
            + " ou ".join(f"« {code} »" for code in languages)
            + " ; raccord.example.toml contient un texte de départ.",
            "Complete [invoice.footers] in raccord.toml, in "
            + " or ".join(f"“{code}”" for code in languages)
            + "; raccord.example.toml has a text to start from.",
        ),
    )


def _listed(mentions: tuple[Text, ...], language: str) -> str:
    return ", ".join(mention.in_language(language) for mention in mentions)
