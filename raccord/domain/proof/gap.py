"""The kinds of gap between both sides, and one gap."""

from datetime import date
from enum import StrEnum

from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject


class GapKind(StrEnum):
    NOT_INVOICED = "not_invoiced"
    """A won deal without an issued invoice."""
    NOT_SHOWN = "not_shown"
    """Its invoice is issued, and the deal does not show it."""
    OF_NO_DEAL = "of_no_deal"
    """An issued invoice that no deal shows and whose reference names none that is won."""
    SHOWN_OTHERWISE = "shown_otherwise"
    """The deal shows another amount than its invoice has."""
    AMOUNTS_DIFFER = "amounts_differ"
    """The deal itself is worth something else than was invoiced."""
    CURRENCIES_DIFFER = "currencies_differ"
    CREDIT_UNSEEN = "credit_unseen"
    """It was credited or voided, and the deal does not show that."""
    PAID_NOT_MARKED = "paid_not_marked"
    MARKED_NOT_PAID = "marked_not_paid"
    NOT_REMINDED = "not_reminded"
    """It is late, and nobody reminds its customer."""
    DRIFTED = "drifted"
    """Both sides say something else of a customer, and nobody has said yet which is right."""
    DOUBLED_CUSTOMER = "doubled_customer"
    """Two customers of the billing system are one company."""
    UNREADABLE = "unreadable"
    """An invoice in a form that the billing system does not document."""


class Standing(StrEnum):
    """What becomes of a gap."""

    LOOKED_AT = "looked_at"
    """A flow was told to look at it, which closes it or asks."""
    ASKED = "asked"
    """A question about it waits at the desk."""
    FOR_A_PERSON = "for_a_person"
    """Only a person can say what is right, and nobody else will."""


class Gap(Value):
    """One thing that both sides do not say alike."""

    kind: GapKind
    name: OneLine = ""
    """The deal, or else the customer, as people call it."""
    deal_id: str = ""
    invoice_id: str = ""
    customer_ids: tuple[str, ...] = ()
    number: str = ""
    """The invoice's."""
    url: str = ""
    """Where people open the deal, or else the invoice; empty where they cannot."""
    here: Money | None = None
    """What the CRM says."""
    there: Money | None = None
    """What the billing system says."""
    since: date | None = None
    """The business date from which on it was so at the earliest: closed, issued or due."""
    heals: tuple[str, Subject] | None = None
    """The flow that looks at it, by its name, and its subject."""
    standing: Standing = Standing.FOR_A_PERSON
