"""By what a field gives itself away: what it is called, and what stands in it."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal

from raccord.domain.values.base import unaccented
from raccord.domain.values.described import Purpose
from raccord.domain.values.email import parse_emails
from raccord.domain.values.identifiers import clean, parse_siren, parse_siret, parse_vat_number
from raccord.domain.values.payment_terms import parse_payment_terms

FRENCH_RATES = frozenset(map(Decimal, ("20", "10", "8.5", "5.5", "2.1", "1.75", "1.05", "0")))
"""Of the mainland and overseas."""
_LONGEST_TERM = 180
"""Days; a number above is none of a term of payment."""
_RATE = re.compile(r"(?:tva|vat|taux)?\s*:?\s*(?P<rate>[0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*%?\s*(?:tva|vat)?")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[ _][a-z]{2})?|francais|french|anglais|english")
_NAMED = {
    Purpose.SIRET: re.compile(r"\bsiret\b"),
    Purpose.SIREN: re.compile(r"\bsiren\b"),
    Purpose.VAT_NUMBER: re.compile(
        r"\b(?:vat|tva|tax)\b\W*(?:number|no|num|numero|id|intra\w*)\b"
        r"|\b(?:n°?|no|num|numero|id|identifiant)\W*(?:de |d )?(?:la )?(?:tva|vat)\b|\btva intra"
    ),
    Purpose.VAT_RATE: re.compile(
        r"\b(?:taux|rate)\b.*\b(?:tva|vat)\b|\b(?:tva|vat)\b\W*(?:rate|taux|%|percent\w*|pct|pourcentage)"
        r"|^(?:tva|vat)$|\b(?:tva|vat) applicable\b"
    ),
    Purpose.BILLING_EMAIL: re.compile(
        r"(?=.*(?:mail|courriel))(?=.*(?:factur|billing|invoic|compta|accounting|payable|finance))"
    ),
    Purpose.PAYMENT_TERMS: re.compile(
        r"(?=.*(?:paiement|reglement|payment))(?=.*(?:delai|condition|echeance|terms?\b|jours|days|due))"
    ),
    Purpose.LANGUAGE: re.compile(r"\b(?:langue|language|lang|locale)\b"),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What a value of a purpose looks like. A field whose values all do is told by them alone, if `telling`.

    `at_least` so many values, and this share of them: nine digits pass SIREN's key by chance one time in ten.
    """

    fits: Callable[[str], bool]
    telling: bool = False
    at_least: int = 1
    share: Decimal = Decimal("0.5")


def named(purpose: Purpose, *names: str) -> bool:
    """Whether one of a field's names says what it is for; `_` stands for a blank."""
    return any(_NAMED[purpose].search(unaccented(name.replace("_", " "))) for name in names)


def shape(purpose: Purpose, rates: Collection[Decimal] = ()) -> Shape:
    """Return what values of a purpose look like; `rates`: VAT rates of the account beside the French ones."""
    if purpose is Purpose.VAT_RATE:
        known = FRENCH_RATES.union(rates)
        return Shape(lambda text: _rate(text) in known)
    return _SHAPES[purpose]


def _siren(text: str) -> bool:
    return len(clean(text)) == 9 and parse_siren(text) is not None


def _rate(text: str) -> Decimal | None:
    found = _RATE.fullmatch(unaccented(text).replace("\u00a0", " "))
    return Decimal(found["rate"].replace(",", ".")) if found else None


def _terms(text: str) -> bool:
    try:
        return 0 <= parse_payment_terms(text).days <= _LONGEST_TERM
    except ValueError:
        return False


_SHAPES = {
    Purpose.SIRET: Shape(lambda text: parse_siret(text) is not None, telling=True),
    Purpose.SIREN: Shape(_siren, telling=True, at_least=3, share=Decimal("0.8")),
    Purpose.VAT_NUMBER: Shape(lambda text: parse_vat_number(text) is not None, telling=True),
    Purpose.BILLING_EMAIL: Shape(lambda text: bool(parse_emails(text))),
    Purpose.PAYMENT_TERMS: Shape(_terms),
    Purpose.LANGUAGE: Shape(lambda text: _LANGUAGE.fullmatch(unaccented(text)) is not None),
}
