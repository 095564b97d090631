"""The frozen inputs of activities: one object each, new fields always with defaults."""

from raccord.domain.deal import DealRef, InvoiceFields
from raccord.domain.invoice import InvoiceOrder
from raccord.domain.outcome import DealWonResult
from raccord.domain.parties import Customer, CustomerProfile
from raccord.domain.problems import Problem
from raccord.domain.totals import Totals
from raccord.domain.values import Value


class WriteBack(Value):
    """Show these invoice fields on this deal."""

    deal: DealRef
    fields: InvoiceFields


class CustomerRequest(Value):
    """Find or create the customer of this profile in this billing connection."""

    billing: str
    profile: CustomerProfile


class CustomerClaim(Value):
    billing: str
    profile: CustomerProfile
    customer_id: str


class CustomerOutcome(Value):
    """One customer, or what a person has to settle first."""

    customer: Customer | None = None
    problems: tuple[Problem, ...] = ()


class InvoicesQuery(Value):
    """All invoices that carry our reference of a deal."""

    billing: str
    deal: DealRef
    customer_id: str | None = None


class VatRates(Value):
    """The distinct VAT rates (percent, as text) of an invoice."""

    rates: tuple[str, ...]


class DraftStep(Value):
    """One write on the draft of an order."""

    billing: str
    order: InvoiceOrder
    invoice_id: str


class DraftRequest(Value):
    billing: str
    order: InvoiceOrder


class InvoiceStep(Value):
    """One write on an invoice of a deal; `expected` are the totals it must have to be issued."""

    billing: str
    deal: DealRef
    invoice_id: str
    expected: Totals | None = None


class DiscardRequest(Value):
    billing: str
    deal: DealRef
    invoice_id: str
    next_revision: int


class Conclusion(Value):
    """A flow's end, for the audit."""

    deal: DealRef
    result: DealWonResult
