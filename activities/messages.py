"""The frozen inputs of activities: one object each, new fields always with defaults."""

from datetime import date, datetime

from raccord.domain.deal_won.outcome import DealWonResult
from raccord.domain.deal_won.remarks import Remark
from raccord.domain.desk.notice import Place, Press
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef, InvoiceFields
from raccord.domain.values.invoice import Invoice, InvoiceOrder
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.totals import Totals


class WriteBack(Value):
    """Show these invoice fields on this deal."""

    deal: DealRef
    fields: InvoiceFields


class CustomerRequest(Value):
    """Find or create the customer of this profile in this billing connection.

    `chosen` is what a person chose among candidates: a customer's id, or `new`.
    """

    billing: str
    profile: CustomerProfile
    chosen: str = ""


class CustomerClaim(Value):
    billing: str
    profile: CustomerProfile
    customer_id: str


class CustomerOutcome(Value):
    """One customer, or what a person has to settle first."""

    customer: Customer | None = None
    problems: tuple[Problem, ...] = ()
    candidates: tuple[Customer, ...] = ()


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


class CustomerInvoices(Value):
    """A customer's invoices dated between two business dates."""

    billing: str
    customer_id: str
    since: date
    until: date


class Parts(Value):
    """Records whose change concerns the asking flow, as `watch_key` writes them."""

    keys: tuple[str, ...]


class CustomerRef(Value):
    billing: str
    customer_id: str


class Adoption(Value):
    """A person said that this invoice, which is not ours, is the deal's."""

    billing: str
    deal: DealRef
    invoice: Invoice


class Confirmation(Value):
    """A person's word about a company that stands for its later deals.

    `identity`: whose customer it is, of another company's legal identity or of its own site's, or which
    question was answered for good.
    """

    identity: str
    company: str


class RemarkIn(Value):
    """A remark and the messenger that tells it: its connection, which is its queue."""

    messenger: str
    timing: Timing
    remark: Remark


class DeskState(Value):
    """What keeping a question's message and task in step needs; connections are empty where unused."""

    incident: str
    closed: bool
    messenger: str
    crm: str
    escalate_at: datetime | None
    timing: Timing


class PressIn(Value):
    """A pressed button on its way to the flow that asked."""

    press: Press
    messenger: str
    timing: Timing


class Answered(Value):
    """What came of a press, in a sentence for the person who pressed."""

    taken: bool
    said: str


class Whisper(Value):
    place: Place
    user: str
    text: str


class Conclusion(Value):
    """A flow's end, for the audit."""

    deal: DealRef
    result: DealWonResult
