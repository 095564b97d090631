"""The `Billing` port on Pennylane, Company API v2."""
# ruff: noqa: ARG002 - the port has keys, and addresses of webhooks, for vendors that take them

from datetime import date, datetime
from decimal import Decimal

from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import BillingCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.errors import NotFound, Permanent
from raccord.connectors.http.documents import InvoiceDocuments
from raccord.connectors.oauth import Grants, OAuthApp
from raccord.domain.values.account import Account
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.correction import CorrectedInvoices
from raccord.domain.values.deal import DealRef
from raccord.domain.values.described import BillingAccount, rates
from raccord.domain.values.details import ChangedRecords, Field, Sight
from raccord.domain.values.details import Changes as DetailsChanges
from raccord.domain.values.invoice import CreditPreview, Invoice, InvoicedLine, InvoiceOrder
from raccord.domain.values.listed import CreditNotePage, CustomerPage, InvoicePage
from raccord.domain.values.movement import InvoiceMovements, MovementPage
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.payment import ChangedMoney, InvoiceMoney, ReceivedPayment, UnpaidInvoice
from raccord.vendors.pennylane import api
from raccord.vendors.pennylane.api import PennylaneApi, is_sandbox
from raccord.vendors.pennylane.changes import Changes
from raccord.vendors.pennylane.checks import check
from raccord.vendors.pennylane.customers import Customers
from raccord.vendors.pennylane.delivery import Delivery
from raccord.vendors.pennylane.details import KEEPS, CustomerDetails
from raccord.vendors.pennylane.drafts import Drafts
from raccord.vendors.pennylane.invoices import Invoices
from raccord.vendors.pennylane.listing import Listing
from raccord.vendors.pennylane.movements import Movements
from raccord.vendors.pennylane.orders import LIMITS
from raccord.vendors.pennylane.paid import Paid
from raccord.vendors.pennylane.settings import OWN_ADDRESS, PennylaneSettings
from raccord.vendors.pennylane.vat import VatCodes

_REQUESTS = 14.0
"""Those of a new deal: its possible references, before and once its customer is known, the four ways to look
for that one, and its two lists."""


def connect(
    name: str, settings: ConnectionSettings, clock: BusinessClock, grants: Grants | None = None
) -> Billing:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return PennylaneBilling(name, of_vendor(settings, PennylaneSettings), clock, grants)


def oauth(name: str, settings: ConnectionSettings) -> OAuthApp | None:
    """Return the application that a person agrees to. Raises `TypeError` as `connect` does."""
    return api.oauth(name, of_vendor(settings, PennylaneSettings))


class PennylaneBilling:
    """One company's Pennylane. There are no keys: each write is looked for first, `key` is the caller's."""

    def __init__(
        self,
        connection: str,
        settings: PennylaneSettings,
        clock: BusinessClock,
        grants: Grants | None = None,
    ) -> None:
        self._settings = settings
        self._api = PennylaneApi(connection, settings, grants)
        self._codes = VatCodes(settings)
        self._customers = Customers(self._api)
        self._invoices = Invoices(self._api, self._customers)
        self._paid = Paid(self._api, self._invoices, clock)
        self._listing = Listing(self._api, self._invoices, self._customers, self._paid, clock)
        self._movements = Movements(self._api, self._invoices, self._listing, self._paid, clock)
        self._changes = Changes(self._api, self._invoices, clock)
        self._details = CustomerDetails(self._customers)
        self._drafts = Drafts(self._api, self._invoices, self._codes, clock)
        self._delivery = Delivery(self._api, self._invoices)
        self._documents = InvoiceDocuments(
            "Pennylane", settings, home=OWN_ADDRESS, hosts=("pennylane.com",), link=self._delivery.pdf_link
        )

    @property
    def capabilities(self) -> BillingCapabilities:
        return BillingCapabilities(
            uniqueness=Uniqueness.UNIQUE_REFERENCE,
            drafts=True,
            delivers=True,
            tells_delivery=False,
            # Pennylane is an approved platform, but an invoice goes there by a request that is not made yet.
            einvoicing=False,
            vat_rounding=self._settings.vat_rounding,
            vat_country=self._settings.vat_country,
            texts=LIMITS,
            max_lines=250,
            settle=self._settings.settle,
            requests_per_activity=_REQUESTS,
            requests_per_second=self._settings.requests_per_second,
        )

    async def find_customers(
        self, profile: CustomerProfile, *, linked_id: str | None
    ) -> tuple[Customer, ...]:
        return await self._customers.find(profile, linked_id)

    async def create_customer(self, profile: CustomerProfile, *, key: str) -> Customer:
        return await self._customers.create(profile)

    async def claim_customer(self, customer_id: str, profile: CustomerProfile, *, key: str) -> Customer:
        return await self._customers.claim(customer_id, profile)

    async def find_vat_rate(self, rate: Decimal) -> str | None:
        return self._codes.find(rate)

    async def create_vat_rate(self, rate: Decimal, *, key: str) -> str:
        """Return the code that the settings name; Pennylane's codes are fixed. Raises `Permanent`."""
        if code := self._codes.find(rate):
            return code
        raise Permanent(self._codes.missing(rate), code="vat_code_missing", field="vat_rate")

    async def invoices_of(
        self, deal: DealRef, *, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        return await self._invoices.of_deal(deal, customer_id, invoice_id)

    async def invoices_of_customer(
        self, customer_id: str, *, since: date, until: date
    ) -> tuple[Invoice, ...]:
        return await self._listing.of_customer(customer_id, since, until)

    async def invoiced_lines(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        return await self._invoices.invoiced(invoice_id)

    async def corrected_since(self, since: datetime) -> CorrectedInvoices:
        return await self._changes.corrected(since)

    async def read_money(self, invoice_id: str) -> InvoiceMoney:
        return await self._paid.of(invoice_id)

    async def read_payment(self, payment_id: str) -> ReceivedPayment:
        raise NotFound(
            f"Pennylane tells of payments by their invoices alone: it has no payment {payment_id}.",
            code="404",
        )

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        return await self._listing.unpaid(customer_id)

    async def read_account(self, customer_id: str) -> Account:
        return await self._listing.account(customer_id)

    async def customers_owing(self, *, due_before: date) -> tuple[str, ...]:
        return await self._listing.owing(due_before)

    async def money_changed(self, since: datetime, *, until: datetime | None) -> ChangedMoney:
        return await self._changes.money(since, until)

    async def issued_since(self, day: date) -> tuple[str, ...]:
        return await self._listing.issued_since(day)

    @property
    def keeps(self) -> frozenset[Field]:
        return KEEPS

    async def read_details(self, record_id: str) -> Sight:
        return await self._details.read(record_id)

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        return await self._changes.customers(since, until)

    async def write_details(self, record_id: str, changes: DetailsChanges, *, key: str) -> None:
        await self._details.write(record_id, changes)

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:
        return await self._listing.invoices(since, after)

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        return await self._listing.credit_notes(since, after)

    async def list_customers(self, *, after: str) -> CustomerPage:
        return await self._listing.customers(after)

    async def list_movements(self, *, since: date, after: str) -> MovementPage:
        return await self._movements.part(since, after)

    async def read_movements(self, invoice_id: str) -> InvoiceMovements:
        return await self._movements.of(invoice_id)

    async def preview_credit(self, invoice: Invoice) -> CreditPreview:
        remark = "Pennylane computes no credit note beforehand: write one there, and link it to the invoice."
        return CreditPreview(credited=invoice.outstanding, remark=remark)

    async def read_document(self, invoice_id: str) -> bytes:
        return await self._documents.pdf(invoice_id)

    async def read_invoice(self, invoice_id: str) -> Invoice:
        return await self._invoices.read(invoice_id)

    async def create_draft(self, order: InvoiceOrder, *, key: str) -> Invoice:
        return await self._drafts.create(order)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder, *, key: str) -> Invoice:
        return await self._drafts.set_lines(invoice_id, order)

    async def discard_draft(self, invoice_id: str, *, key: str) -> None:
        await self._drafts.discard(invoice_id)

    async def allocate_payment(self, payment_id: str, invoice_id: str, *, key: str) -> None:
        raise Permanent(
            f"Pennylane lets only people match the payment {payment_id} with the invoice {invoice_id}: "
            "do it there.",
            code="not_attachable",
        )

    async def finalise(self, invoice_id: str, *, key: str) -> Invoice:
        return await self._drafts.finalise(invoice_id)

    async def deliver(self, invoice_id: str, *, key: str) -> None:
        await self._delivery.send(invoice_id)

    async def was_delivered(self, invoice_id: str) -> bool:
        """Pennylane keeps no trace of it (pennylane page, section 1.5): see `tells_delivery`."""
        return False

    async def describe(self) -> BillingAccount:
        me = await self._api.me()
        sandbox = is_sandbox(me)
        return BillingAccount(
            name=me.company.name,
            country=self._settings.vat_country,
            test=sandbox,
            section={"sandbox": sandbox},
            vat_rates=rates(self._codes.rates),
        )

    async def probe(self) -> None:
        await self._api.proven_me()

    async def company(self) -> str:
        return (await self._api.proven_me()).company.name

    async def check(self) -> tuple[Check, ...]:
        return await check(self._api, self._settings)

    async def close(self) -> None:
        await self._api.close()
