"""What a look in shadow would have invoiced, kept to be held against what people did."""

from datetime import date

from raccord.domain.values.base import Value
from raccord.domain.values.invoice import InvoiceLine
from raccord.domain.values.parties import CustomerProfile
from raccord.domain.values.payment_terms import PaymentTerms
from raccord.domain.values.totals import Totals


class Computed(Value):
    """An invoice that was not made. Nothing of it depends on the day of the look."""

    profile: CustomerProfile
    lines: tuple[InvoiceLine, ...]
    totals: Totals
    """By the rounding rule of the billing system."""
    terms: PaymentTerms | None = None
    """As deal or company have them; None where the settings decide."""
    sold_on: date | None = None
    """The earlier of the days on which the deal was won and delivered."""
