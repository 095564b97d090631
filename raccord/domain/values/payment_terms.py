"""Terms of payment as companies agree and type them: days, with or without the end of the month."""

import re
from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

from raccord.domain.values.base import Value, unaccented


class MonthEnd(StrEnum):
    """The two lawful readings of "45 jours fin de mois": C. com. L441-10 leaves the choice to the parties."""

    AFTER_DAYS = "after_days"
    """Count the days, then go to the end of that month."""
    BEFORE_DAYS = "before_days"
    """Go to the end of the month of issue, then count the days."""


class PaymentTerms(Value):
    """`month_end` None leaves it to the company's own practice: "30 jours" says nothing about it."""

    days: int
    month_end: bool | None = None

    def due_on(self, issued_on: date, reading: MonthEnd) -> date:
        """Return the due date of an invoice; both dates are business dates."""
        days = timedelta(days=self.days)
        match self.month_end, reading:
            case True, MonthEnd.AFTER_DAYS:
                return _end_of_month(issued_on + days)
            case True, MonthEnd.BEFORE_DAYS:
                return _end_of_month(issued_on) + days
            case _:
                return issued_on + days


_INVOICE = (
    r"(?:la |the |l')?(?:date )?(?:de |d'|of )?(?:la |the |l')?"
    r"(?:facture|facturation|emission|invoice)(?: date)?"
)
_OF_IT = rf"(?: (?:de |d'|of )?{_INVOICE})?"
_RECEIPT = rf"(?:la |the )?(?:reception|receipt){_OF_IT}"
_NOW = rf"(?:comptant|immediate?(?:ly|ment)?|cash|sight|vue|(?<=a )la commande|(?<=on )order){_OF_IT}"
_END = r"(?:fdm|jfm|eom|fin (?:de |du )?mois(?: civil)?|end of (?:the )?month)"
_MEANS = r"(?:par |by )?(?:virement|cheque|prelevement|bank transfer)(?: bancaire| sepa)?"
_SUBJECT = (
    r"(?:(?:conditions?|delai|modalites?|terms?|reglement|paiement|payment|payable|due)"
    r"(?: de (?:paiement|reglement))?|(?:echeance|facture)(?= (?:a )?[0-9]+ ?j))"
)
_BEFORE = re.compile(rf"(?:(?:{_SUBJECT}|{_MEANS})(?: ?: ?| ))*")
_AFTER = re.compile(rf" (?:{_MEANS}|maximum|max)")
_AT_ONCE = re.compile(rf"(?:(?:a |au |on |upon |at |des )?(?:{_RECEIPT}|{_NOW})(?: |$))+")
_DAYS = re.compile(
    r"(?:a |in |within |sous |dans (?:les )?|net a |net ?|[jd] ?\+ ?|[jd](?=[0-9]))?(?P<days>-?[0-9]{1,9})"
    r"(?:\.0{1,2})?(?: ?(?:jours?|jrs?|j|days?|d)(?:\b|(?=fdm)))?(?P<rest>.*)"
)
_NUMBERS = {"quinze": "15", "vingt": "20", "trente": "30", "quarante cinq": "45", "soixante": "60"}
_WRITTEN = re.compile(rf"\b({'|'.join(_NUMBERS)})(?= jours\b)")
_MONTH_END = re.compile(
    rf"(?:nets? )?(?:{_INVOICE} )?(?:[+/] ?)?(?:a |the )?(?:la )?{_END}{_OF_IT}(?: nets?)?"
)
_MONTH_END_FIRST = re.compile(rf"{_END}[ ,+]*(?:a )?(?P<days>[0-9]{{1,4}})(?: ?(?:jours?|j|days?))?")
_FROM_ISSUE = re.compile(
    rf"nets?(?: {_INVOICE})?|calendaires(?: {_INVOICE})?"
    rf"|(?:a compter |a partir |apres |suivant |on |upon |from |after )?(?:a |des |de )?"
    rf"(?:{_RECEIPT}|{_INVOICE}(?: {_INVOICE})?)"
)


def parse_payment_terms(text: str) -> PaymentTerms:
    """Read `30`, `30 jours`, `30 jours fin de mois`, `45 FDM`, `à réception`, `60 jours date de facture`.

    Raises `ValueError` for what may mean something else.
    """
    plain = text.strip() if _number(text) else re.sub("[._()]", " ", unaccented(text))
    plain = _core(_WRITTEN.sub(lambda found: _NUMBERS[found[1]], " ".join(plain.split())))
    if _AT_ONCE.fullmatch(plain):
        return PaymentTerms(days=0, month_end=False)
    if first := _MONTH_END_FIRST.fullmatch(plain):
        return PaymentTerms(days=int(first["days"]), month_end=True)
    if (found := _DAYS.fullmatch(plain)) is None:
        raise ValueError("no terms of payment")
    days, rest = int(found["days"]), found["rest"].strip(" ,;")
    if not rest:
        return PaymentTerms(days=days)
    if _FROM_ISSUE.fullmatch(rest):
        return PaymentTerms(days=days, month_end=False)
    if _MONTH_END.fullmatch(rest):
        return PaymentTerms(days=days, month_end=True)
    raise ValueError("no terms of payment")


def _core(plain: str) -> str:
    """Leave out what the term is called and by which means it is paid."""
    begun = plain[match.end() :] if (match := _BEFORE.match(plain)) else plain
    ended = next((begun[: at.start()] for at in _AFTER.finditer(begun) if at.end() == len(begun)), begun)
    return (ended or plain).strip(" ,;")


def _number(text: str) -> bool:
    return re.fullmatch(r"\s*-?[0-9]+(?:\.[0-9]+)?\s*", text) is not None


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
