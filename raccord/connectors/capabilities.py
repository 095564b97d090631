"""How vendors differ, as data. Flows ask this data and never a vendor's name."""

from datetime import timedelta
from enum import StrEnum

from raccord.domain.values.base import Value
from raccord.domain.values.totals import VatRounding


class Uniqueness(StrEnum):
    """What a vendor offers against double creation."""

    IDEMPOTENCY_KEY = "idempotency_key"
    UNIQUE_REFERENCE = "unique_reference"
    NONE = "none"


class TaskLimits(Value):
    """The longest texts of a CRM's tasks, as the vendor receives them; `lengths.cut` keeps them."""

    subject: int
    body: int


class CrmCapabilities(Value):
    webhooks: bool
    requests_per_second: float
    search_lag: timedelta = timedelta(0)
    task: TaskLimits


class BillingCapabilities(Value):
    uniqueness: Uniqueness
    key_lifetime: timedelta = timedelta(0)
    """How long the vendor remembers an idempotency key."""
    drafts: bool = True
    delivers: bool = True
    """Whether the vendor e-mails invoices itself."""
    einvoicing: bool = False
    """Whether the vendor transmits invoices to a platform approved under the French reform."""
    vat_rounding: VatRounding
    max_lines: int
    max_unit_price_decimals: int
    """Decimals of a unit price, counted in major units of a two-decimal currency."""
    settle: timedelta
    """How long after a server error its own look-ups may still miss what that request created."""
    requests_per_second: float


class MessengerCapabilities(Value):
    requests_per_second: float
    settle: timedelta
    """How long after an ambiguous answer its own look-up may still miss the message."""
