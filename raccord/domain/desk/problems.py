"""A problem is a question for a person: which field, why, and what to do, in French and English."""

from enum import StrEnum

from raccord.domain.values.base import Value


class Text(Value):
    """One sentence in both languages of the product."""

    fr: str
    en: str

    def in_language(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class Cause(StrEnum):
    """The vocabulary of problems; it shows in search attributes, so it never contains data."""

    UNREADABLE = "unreadable"
    COMPANY = "company"
    ADDRESS = "address"
    IDENTIFIER = "identifier"
    EMAIL = "email"
    LINES = "lines"
    PRICE = "price"
    QUANTITY = "quantity"
    DISCOUNT = "discount"
    VAT = "vat"
    CURRENCY = "currency"
    AMOUNT = "amount"
    TERMS = "terms"
    DATE = "date"
    RECURRING = "recurring"
    CUSTOMER_CHOICE = "customer_choice"
    TOTALS = "totals"
    BUYER = "buyer"
    SEVERAL_INVOICES = "several_invoices"
    REFUSED = "refused"
    UNREADABLE_ANSWER = "unreadable_answer"
    TOO_LARGE = "too_large"
    BUG = "bug"


class Problem(Value):
    """One thing that only a person can settle."""

    cause: Cause
    record: str
    """Which record: `deal`, `company 12`, `line item 7`."""
    field: str
    reason: Text
    remedy: Text

    def markdown(self, language: str = "en") -> str:
        reason, remedy = self.reason.in_language(language), self.remedy.in_language(language)
        return f"**{self.record} · {self.field}**: {reason} *{remedy}*"


def problem(
    cause: Cause, record: str, field: str, *, reason: tuple[str, str], remedy: tuple[str, str]
) -> Problem:
    """Build a problem from (French, English) pairs."""
    return Problem(
        cause=cause,
        record=record,
        field=field,
        reason=Text(fr=reason[0], en=reason[1]),
        remedy=Text(fr=remedy[0], en=remedy[1]),
    )
