"""The deal and its line items, as read from the CRM."""

import hashlib
import re
from datetime import date, datetime

from raccord.domain.values.base import Exact, OneLine, Value, unaccented
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Company, Contact, Owner
from raccord.domain.values.payment_terms import PaymentTerms
from raccord.domain.values.subject import Subject, SubjectKind

_REDUCTION = re.compile(
    r"\b(?:remises?|rabais|ristournes?|reductions?|discounts?|rebates?|promo(?:tion)?s?|geste commercial"
    r"|offre de bienvenue)\b"
)


class DealRef(Value):
    """Which deal: the CRM connection and the CRM's own id."""

    connection: str
    id: str

    @property
    def subject(self) -> Subject:
        """The deal as what a flow is about."""
        return Subject(kind=SubjectKind.DEAL, connection=self.connection, id=self.id)

    def __str__(self) -> str:
        return f"{self.connection}:{self.id}"


class Discount(Value):
    """A reduction of one line: `percent` of the unit price (0 to 100), or an amount in major units,
    `per_unit` or off the `whole` line.
    """

    percent: Exact | None = None
    per_unit: Exact | None = None
    whole: Exact | None = None


class LineItem(Value):
    """One line of a deal. Prices are net of VAT, in major units of the deal's currency.

    None means that the CRM holds nothing there; what it holds but cannot be read is listed
    in `Deal.unreadable`.
    """

    id: str
    name: OneLine = ""
    description: str = ""
    sku: str = ""
    quantity: Exact | None = None
    unit_price: Exact | None = None
    discount: Discount | None = None
    vat_rate: Exact | None = None
    """In percent: `Decimal("5.5")`."""
    untaxed: bool = False
    """Whether the CRM says that no VAT is added, which is no rate: `vat_rate` is then None."""
    zero_untold: bool = False
    """Whether 0 is what the CRM shows also where nobody entered a rate."""
    currency: str | None = None
    recurring: str | None = None
    """The billing frequency when the CRM sells this line as a subscription."""
    amount: Exact | None = None
    """The line's net amount as the CRM calculated it, to compare with ours."""

    @property
    def reduction(self) -> bool:
        """Whether the line takes money off the others, by its price and by its name."""
        below = self.unit_price is not None and self.unit_price < 0 and (self.quantity or 0) > 0
        return below and _REDUCTION.search(unaccented(self.name)) is not None


class Unreadable(Value):
    """A CRM value that is there but cannot be understood; `record` is e.g. `line item 41`."""

    record: str
    field: str
    value: str
    setting: str = ""
    """The table of the settings that says what the value means, in brackets, where there is one. The value is
    then a key of it, and the field the one that it stands for."""


class Deal(Value):
    """A deal with everything an invoice needs, read in one moment."""

    ref: DealRef
    name: OneLine = ""
    url: str = ""
    won: bool = False
    won_on: date | None = None
    pipeline: str = ""
    owner: Owner | None = None
    amount: Exact | None = None
    """As typed in the CRM; net or gross by setting."""
    currency: str | None = None
    companies: tuple[Company, ...] = ()
    """The deal's candidates for the invoiced company: the primary one alone where the CRM marks one."""
    contacts: tuple[Contact, ...] = ()
    lines: tuple[LineItem, ...] = ()
    service_date: date | None = None
    purchase_order: str = ""
    reference: OneLine = ""
    """What both sides call the sale, such as the number of the quote."""
    language: str = ""
    payment_terms: PaymentTerms | None = None
    deposit_percent: Exact | None = None
    """The share to be paid ahead, in percent, where the CRM says one."""
    delivered_on: date | None = None
    """When the sale was delivered, which is what its balance waits for."""
    instalments: tuple[OneLine, ...] = ()
    """The parts into which a plan of the CRM's own divides the price, each as people know it."""
    merged: tuple[str, ...] = ()
    """Ids of deals that the CRM united into this one."""
    unreadable: tuple[Unreadable, ...] = ()

    @property
    def content_hash(self) -> str:
        """The same as long as nothing of the deal changed that an invoice depends on."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


class WonDeal(Value):
    """A deal that is won, or was when it was invoiced, as a search lists it: enough to know of a look due."""

    id: str
    invoice_id: str = ""
    """The invoice the deal shows; empty when it shows none."""
    changed_at: datetime | None = None
    """When the deal last changed, aware; None when the CRM does not say."""


class Task(Value):
    """Something for the deal's salesperson to do in the CRM. `due_at` is aware."""

    ref: str
    """Our mark, by which the task is found again; short, and shown to nobody's harm."""
    deal_id: str
    owner_id: str = ""
    subject: OneLine
    body: str
    due_at: datetime


class FoundDeal(Value):
    """A deal as a look-up lists it, to be shown to a person who chooses one."""

    ref: DealRef
    name: OneLine = ""
    url: str = ""
    won: bool = False
    won_on: date | None = None
    amount: Exact | None = None
    """As typed in the CRM."""
    currency: str | None = None
    invoice_number: str = ""
    """The invoice that it shows; empty when it shows none."""


class PaymentFields(Value):
    """What Raccord writes on the deal of the money that its invoices brought, over all of them.

    Amounts are gross, one per currency. None clears a date. The default is a deal without an invoice.
    """

    status: str = ""
    """`open`, `partly_paid`, `paid`, `overpaid`, `refunded`, `partly_refunded`, `disputed`,
    `credited`, `void`, `uncollectible`."""
    paid: tuple[Money, ...] = ()
    due: tuple[Money, ...] = ()
    paid_on: date | None = None
    """Business date of the payment that settled the last of them."""
    means: str = ""
    """A `PaymentMeans`, of the last payment; empty when there was none."""
    details: str = ""
    """The same in words, a line for each invoice."""


class InvoiceFields(Value):
    """What Raccord writes on the deal. None leaves a field empty."""

    invoice_id: str
    number: str
    url: str
    status: str
    """`issued`, `paid`, `partially_credited`, `credited` or `void`."""
    net: Exact
    gross: Exact
    currency: str
    due_on: date | None = None
    credit_notes: str = ""
    """Their numbers."""
    credited: Exact | None = None
    """Their gross amount; None where nothing can have been credited yet, and nothing is written of it."""
    deposit_number: str = ""
    """Of the deposit's own invoice; empty on any other, which leaves what stands there."""
