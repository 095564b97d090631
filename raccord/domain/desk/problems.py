"""A problem is a question for a person: which field of which record, why, and what to do."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from raccord.domain.values.base import Value
from raccord.domain.values.message import Day, Message, Param, RecordName, message


class Cause(StrEnum):
    """Why a person is needed; it shows in search attributes, so it never contains data.

    The catalogs name each as `cause.<value>`.
    """

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
    SAME_SIREN = "same_siren"
    BY_HAND = "by_hand"
    UNITED = "united"
    APPROVAL = "approval"
    EDITED_AFTER_ISSUE = "edited_after_issue"
    LOST_AFTER_ISSUE = "lost_after_issue"
    DELETED_AFTER_ISSUE = "deleted_after_issue"
    WITHDRAWN = "withdrawn"
    WHOSE_INVOICE = "whose_invoice"
    UNMATCHED_PAYMENT = "unmatched_payment"
    ONBOARDING = "onboarding"
    UNKNOWN_MAIL = "unknown_mail"
    LAST_REMINDER = "last_reminder"
    BACKLOG = "backlog"
    CONTACT_CONFLICT = "contact_conflict"
    CONTACT_INVALID = "contact_invalid"
    LEGAL_ENTITY = "legal_entity"
    REFUSED = "refused"
    UNREADABLE_ANSWER = "unreadable_answer"
    TOO_LARGE = "too_large"
    BUG = "bug"


class Problem(Value):
    """One thing that only a person can settle.

    The catalogs have two entries for its message: `<code>.reason` and `<code>.remedy`.
    """

    cause: Cause
    record: RecordName
    field: str
    """The field's code in the catalogs, or as a vendor or the settings spell it; empty without one."""
    message: Message

    @property
    def identity(self) -> str:
        """The same for the same problem, however it is worded."""
        return f"{self.cause} {self.record.identity} {self.field} {self.message.identity}"

    @property
    def on_any_day(self) -> str:
        """Its identity without the dates that it tells: about today it would be another one tomorrow."""
        told = {name: value for name, value in self.message.params.items() if not isinstance(value, Day)}
        message = self.message.model_copy(update={"params": told})
        return self.model_copy(update={"message": message}).identity


def problem(
    cause: Cause, record: RecordName, field: str, code: str, /, **params: Param | Decimal | date
) -> Problem:
    """Build a problem from the code of its message and that message's parameters."""
    return Problem(cause=cause, record=record, field=field, message=message(code, **params))
