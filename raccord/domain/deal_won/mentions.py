"""What an invoice says beside its figures: why VAT is 0 %, and what the law has the seller state."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy, Operations
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.message import Message, Quote, message
from raccord.domain.values.names import THE_SETTINGS
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
_LATE_PENALTIES = message("mention.late_penalties")
_RECOVERY = message("mention.recovery")
_EARLY_PAYMENT = message("mention.early_payment")
# Printed on invoices in the invoice's own language: words of the law, not of Raccord.
_OPERATIONS = {
    Operations.GOODS: {
        "fr": "Nature de l'opération : livraison de biens.",
        "en": "Nature of the operation: supply of goods.",
    },
    Operations.SERVICES: {
        "fr": "Nature de l'opération : prestation de services.",
        "en": "Nature of the operation: supply of services.",
    },
    Operations.BOTH: {
        "fr": "Nature de l'opération : livraison de biens et prestation de services.",
        "en": "Nature of the operation: supply of goods and services.",
    },
}
_TRANSFER = {"fr": "Règlement par virement\u00a0: {account}.", "en": "Payment by bank transfer: {account}."}
_ON_DEBITS = {
    "fr": "Option pour le paiement de la taxe d'après les débits.",
    "en": "VAT payable on invoicing (option pour le paiement de la taxe d'après les débits).",
}


def unstated(rules: InvoicePolicy, language: str) -> tuple[Message, ...]:
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
    lines: Collection[InvoiceLine],
    *,
    language: str,
    individual: bool,
) -> str:
    """Return everything that is printed below an invoice's lines, one mention per line of text.

    Raccord's own sentences exist in French and English; any other language gets the French ones.
    """
    spoken = "en" if language == "en" else "fr"

    def mentions() -> Iterator[str]:
        yield zero_rate_wording(rules, treatment, lines, language)
        if rules.operations in _OPERATIONS:
            yield _OPERATIONS[rules.operations][spoken]
        if rules.vat.on_debits and any(line.vat_rate for line in lines):
            yield _ON_DEBITS[spoken]
        if rules.iban:
            yield _TRANSFER[spoken].format(account=_account(rules))
        yield rules.footer(language, individual=individual)

    return "\n".join(mention for mention in mentions() if mention)


def _account(rules: InvoicePolicy) -> str:
    return f"IBAN {rules.iban}, BIC {rules.bic}" if rules.bic else f"IBAN {rules.iban}"


def zero_rate_wording(
    rules: InvoicePolicy, treatment: TaxTreatment, lines: Collection[InvoiceLine], language: str
) -> str:
    """Return what the invoice prints of why VAT is 0 %; empty where it is so on none of its lines."""
    if treatment is TaxTreatment.TAXED or all(line.vat_rate for line in lines):
        return ""
    return rules.vat.zero_rate_reason(treatment, language)


def missing_mention(rules: InvoicePolicy, *, language: str, individual: bool) -> Problem | None:
    """Say what the footer lacks of the mentions that are mandatory between professionals."""
    missing = () if individual else unstated(rules, language)
    if not missing:
        return None
    codes = dict.fromkeys((language, rules.default_language))
    languages = tuple(Quote(quote=code) for code in codes)
    return problem(
        Cause.TERMS,
        THE_SETTINGS,
        "invoice.footers",
        "footer.incomplete",
        missing=missing,
        languages=languages,
    )
