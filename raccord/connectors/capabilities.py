"""How vendors differ, as data. Flows ask this data and never a vendor's name."""

import re
from datetime import timedelta
from enum import StrEnum

from raccord.domain.values.base import Value
from raccord.domain.values.invoice import PaymentMethod
from raccord.domain.values.message import Text
from raccord.domain.values.totals import VatRounding


class Uniqueness(StrEnum):
    """What a vendor offers against double creation."""

    IDEMPOTENCY_KEY = "idempotency_key"
    UNIQUE_REFERENCE = "unique_reference"
    NONE = "none"


class Capabilities(Value):
    """What every connection says of itself, whatever its kind."""

    uniqueness: Uniqueness
    """What makes a repeated write harmless; without a key, our own look-up has to."""
    settle: timedelta = timedelta(0)
    """How long after an answer the vendor's own look-ups may still miss what that request created."""
    requests_per_second: float
    """What one process of ours sends at most; its client keeps to it."""
    requests_per_activity: float
    """Requests of an ordinary activity, rather too many: a fleet's queue is slowed down by it."""

    @property
    def activities_per_second(self) -> float:
        """The server's rate of the connection's queue, shared by all workers."""
        return self.requests_per_second / self.requests_per_activity

    @property
    def repeats_harm(self) -> bool:
        """Whether a write that is repeated while the first may be under way could happen twice."""
        return self.uniqueness is not Uniqueness.IDEMPOTENCY_KEY


class TaskLimits(Value):
    """The longest texts of a CRM's tasks, as the vendor receives them; `lengths.cut` keeps them."""

    subject: int
    body: int


class IdShape(Value):
    """How a vendor writes the ids of one kind of record."""

    pattern: str
    """A regular expression for the whole of it."""
    said: Text
    """The same in words, as the end of a sentence: `a number, like 9001000123`."""

    def fits(self, id: str) -> bool:
        return re.fullmatch(self.pattern, id) is not None


class CrmCapabilities(Capabilities):
    deal_id: IdShape
    search_lag: timedelta = timedelta(0)
    """How long a change may be missing from the list of won deals."""
    task: TaskLimits
    paid_stages: bool = False
    """Whether its settings name a stage for paid deals."""
    files: bool = False
    """Whether it takes files for its deals, and its settings say so."""


class InvoiceLimits(Value):
    """The longest texts of an invoice and its customer, in characters.

    Names, lines and memo are cut to theirs (`lengths.cut`); a field or footer that is longer is refused.
    """

    line: int
    """A line's text: its name, its description and its discount."""
    field: int
    """What is printed beside a label, such as the purchase order."""
    memo: int
    footer: int
    customer_name: int
    phone: int
    """A longer text is no phone number, and left out."""


class BillingCapabilities(Capabilities):
    drafts: bool = True
    """Whether an invoice exists as a draft first, on which its totals are proven."""
    delivers: bool = True
    """Whether the vendor e-mails invoices itself."""
    tells_delivery: bool = True
    """Whether it can be asked later if it has e-mailed an invoice; if not, only people know what became of a
    request that got no answer."""
    mails_leave: bool = True
    """Whether what it e-mails leaves: with test credentials some vendors say so and send nothing."""
    payment_methods: frozenset[PaymentMethod] = frozenset()
    """What it can offer on the page that an invoice links to, when it is asked for it."""
    einvoicing: bool = False
    """Whether the vendor transmits invoices to a platform approved under the French reform."""
    vat_rounding: VatRounding
    vat_country: str | None = None
    """The country of the account's VAT rates; None where they have none."""
    texts: InvoiceLimits
    max_lines: int


class MessengerCapabilities(Capabilities):
    """A messenger's look-up is its channel's history."""


class MailerCapabilities(Capabilities):
    """A mail server: nothing that left can be looked up."""


class OutboundCapabilities(Capabilities):
    """An endpoint that takes events."""


class InboundCapabilities(Capabilities):
    """A sender of events, which nothing calls."""


class ReportSinkCapabilities(Capabilities):
    """A place where reports are shown: it is read before it is written."""
