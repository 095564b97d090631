"""HubSpot's section of `raccord.toml`."""

import re
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.mapping import Names, deposits_have_balances, each_shows_one_thing
from raccord.domain.rules.written import Percentage
from raccord.domain.values.base import Unfit

_TOKEN = re.compile(r"[\x21-\x7e]+")
_INDIVIDUAL = ("individual", "particulier", "true", "yes", "oui", "1")

PropertyName = Annotated[str, StringConstraints(pattern="^[a-z0-9_-]*$")]
"""The internal name of a HubSpot property; empty means "not used"."""
PropertyValue = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
StageId = Annotated[str, StringConstraints(strip_whitespace=True, pattern="^[A-Za-z0-9_-]+$", max_length=100)]
"""The internal name of a pipeline's stage: a word or a number."""


class CompanyNames(Names):
    """Properties of companies."""

    siren: PropertyName = "siren"
    siret: PropertyName = "siret"
    vat_number: PropertyName = "vat_number"
    billing_email: PropertyName = "billing_email"
    payment_terms_days: PropertyName = "payment_terms_days"
    individual: PropertyName = ""
    """Tells private persons from companies, by one of `individual_values`."""
    individual_values: tuple[PropertyValue, ...] = _INDIVIDUAL
    """Option values, compared without regard to case."""
    language: PropertyName = ""
    """The language in which the company is written to, as a code; kept in step with its customer's."""
    order_number_required: PropertyName = ""
    """Says yes or no: whether the buyer wants its order number on every invoice."""


class ContactNames(Names):
    """How contacts are marked."""

    billing_labels: tuple[PropertyValue, ...] = (
        "Billing contact",
        "Contact facturation",
        "Contact de facturation",
    )
    """Association labels of those who receive invoices, between deal or company and contact, beside HubSpot's
    own of companies; compared without regard to case."""
    private_persons: bool = False
    """Whether a deal with one contact and no company is sold to that contact, as a private person."""


class LineItemNames(Names):
    """Properties of line items."""

    vat_rate: PropertyName = "vat_rate"
    tax_rates: dict[str, Percentage] = {}
    """HubSpot's own tax rates in percent, by the id that a line holds in `hs_tax_rate_group_id` (HubSpot
    docs: tax-rates); for lines on which `vat_rate` is empty."""


class DealNames(Names):
    """Properties of deals that are read."""

    service_date: PropertyName = "service_date"
    purchase_order: PropertyName = "purchase_order"
    reference: PropertyName = ""
    """What both sides call the sale, such as the number of the quote: `{reference}` of `[invoice.memos]`."""
    language: PropertyName = "language"
    payment_terms_days: PropertyName = "payment_terms_days"
    deposit_percent: PropertyName = ""
    """A number: the share that is invoiced ahead."""
    delivered_on: PropertyName = ""
    """A date, filled in once the sale is delivered: then the balance is invoiced."""

    @model_validator(mode="after")
    def _deposits_have_balances(self) -> Self:
        deposits_have_balances(self)
        return self


class InvoiceNames(Names):
    """Properties of deals that show the invoice."""

    id: PropertyName = "billing_invoice_id"
    number: PropertyName = "billing_invoice_number"
    url: PropertyName = "billing_invoice_url"
    status: PropertyName = "billing_status"
    due_on: PropertyName = "billing_due_on"
    amount_net: PropertyName = "billing_amount_net"
    amount_gross: PropertyName = "billing_amount_gross"
    credit_notes: PropertyName = "billing_credit_notes"
    amount_credited: PropertyName = "billing_amount_credited"
    deposit_number: PropertyName = "billing_deposit_number"
    """Written of deals with a deposit only, and kept when the balance follows."""


class PaymentNames(Names):
    """Properties of deals that show the money which their invoices brought.

    An account that lacks some of them shows the others.
    """

    status: PropertyName = "billing_payment_status"
    paid: PropertyName = "billing_amount_paid"
    due: PropertyName = "billing_amount_due"
    """This and `paid`: empty where a deal's invoices are in several currencies, which `details` tells."""
    paid_on: PropertyName = "billing_paid_on"
    means: PropertyName = "billing_payment_means"
    details: PropertyName = "billing_payment_details"


class Mapping(BaseModel):
    """Which HubSpot properties hold what Raccord reads and writes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    companies: CompanyNames = CompanyNames()
    contacts: ContactNames = ContactNames()
    line_items: LineItemNames = LineItemNames()
    deals: DealNames = DealNames()
    invoice: InvoiceNames = InvoiceNames()
    payment: PaymentNames = PaymentNames()

    @model_validator(mode="after")
    def _each_shows_one_thing(self) -> Self:
        each_shows_one_thing(self.invoice, self.payment)
        return self


class HubSpotSettings(ConnectionSettings):
    """One HubSpot account. HubSpot's tokens do not say whether they are of a test account."""

    vendor: str = "hubspot"
    base_url: str = "https://api.hubapi.com"
    access_token: SecretStr
    """The static token of a project app or private app, or a service key."""
    account_id: int | None = Field(default=None, gt=0)
    """The account's number ("Hub ID"): events of other accounts are ignored, and deals get links."""
    app_id: int | None = Field(default=None, gt=0)
    """The number of the app whose token this is: its edits are ours, and no person's. Without it HubSpot is
    asked, which tells it of private apps alone."""
    mapping: Mapping = Mapping()
    files_folder: str = "/Raccord"
    """Folder of HubSpot's file manager for the PDFs that are attached to deals; empty attaches none."""
    paid_stages: tuple[StageId, ...] = ()
    """Where a won deal goes once it is fully paid: at most one stage of each pipeline, by its internal name.
    Deals of other pipelines stay where they are."""
    requests_per_second: float = Field(default=9.0, gt=0)
    """Below what the subscription admits: 100 requests in 10 s for the smallest, 190 for Professional and
    Enterprise, 250 with the API add-on (HubSpot docs: usage-guidelines)."""

    @field_validator("access_token")
    @classmethod
    def _is_one_word(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise Unfit("unfit.access_token")
        return token
