"""Everything one account holds."""

from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sandbox.core.table import Grouped, Table
from sandbox.stripe.totals import Rate

if TYPE_CHECKING:
    from sandbox.stripe.lines import Line

Json = dict[str, Any]


@dataclass
class Invoice:
    """`data` is the invoice object without its lines; what a draft derives is added when it is shown.

    `off_stripe` is the part of what was paid that never passed through Stripe, in minor units.
    """

    data: Json
    lines: list["Line"] = field(default_factory=list)
    off_stripe: int = 0

    @property
    def id(self) -> str:
        id_: str = self.data["id"]
        return id_

    @property
    def status(self) -> str:
        status: str = self.data["status"]
        return status

    @property
    def draft(self) -> bool:
        return self.status == "draft"

    @property
    def default_rates(self) -> tuple[str, ...]:
        return tuple(rate["id"] for rate in self.data["default_tax_rates"])


@dataclass
class Store:
    """Tables by kind, and the one number sequence of the account.

    `percentages` keeps the exact value of each tax rate; the object itself shows a JSON number. `cash` is
    what transfers brought and no payment used, in minor units, by customer and currency; `funded` what
    a payment intent has of its transfers so far; `reported` when the money of a payment record came.
    """

    customers: Table[Json] = field(default_factory=Table)
    tax_ids: Table[Json] = field(default_factory=Table)
    tax_rates: Table[Json] = field(default_factory=Table)
    percentages: dict[str, Decimal] = field(default_factory=dict)
    products: Table[Json] = field(default_factory=Table)
    invoices: Table[Invoice] = field(default_factory=Table)
    invoice_payments: Grouped[Json] = field(default_factory=lambda: Grouped(itemgetter("invoice")))
    payment_records: Table[Json] = field(default_factory=Table)
    payment_intents: Table[Json] = field(default_factory=Table)
    charges: Table[Json] = field(default_factory=Table)
    refunds: Table[Json] = field(default_factory=Table)
    disputes: Table[Json] = field(default_factory=Table)
    balance_transactions: Table[Json] = field(default_factory=Table)
    customer_balance_transactions: Table[Json] = field(default_factory=Table)
    cash_transactions: Table[Json] = field(default_factory=Table)
    credit_notes: Table[Json] = field(default_factory=Table)
    events: Table[Json] = field(default_factory=Table)
    webhook_endpoints: Table[Json] = field(default_factory=Table)
    webhook_secrets: dict[str, str] = field(default_factory=dict)
    cash: dict[tuple[str, str], int] = field(default_factory=dict)
    funded: dict[str, int] = field(default_factory=dict)
    reported: dict[str, int] = field(default_factory=dict)
    deleted_customers: set[str] = field(default_factory=set)
    last_number: int = 0

    def rates(self) -> dict[str, Rate]:
        """All tax rates, as arithmetic wants them."""
        return {
            rate["id"]: Rate(
                id=rate["id"], percentage=self.percentages[rate["id"]], inclusive=rate["inclusive"]
            )
            for rate in self.tax_rates
        }
