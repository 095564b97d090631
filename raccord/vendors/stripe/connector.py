"""The `Billing` port on Stripe Invoicing."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import BillingCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, Registration, of_vendor
from raccord.connectors.http.documents import InvoiceDocuments
from raccord.domain.values.account import Account
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.correction import CorrectedInvoices
from raccord.domain.values.deal import DealRef
from raccord.domain.values.described import BillingAccount
from raccord.domain.values.details import ChangedRecords, Field, Sight
from raccord.domain.values.details import Changes as DetailsChanges
from raccord.domain.values.invoice import CreditPreview, Invoice, InvoicedLine, InvoiceOrder
from raccord.domain.values.listed import CreditNotePage, CustomerPage, InvoicePage
from raccord.domain.values.movement import InvoiceMovements, MovementPage
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.payment import ChangedMoney, InvoiceMoney, ReceivedPayment, UnpaidInvoice
from raccord.vendors.stripe.accounts import Accounts
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.changes import Changes
from raccord.vendors.stripe.checks import check
from raccord.vendors.stripe.corrections import Corrections
from raccord.vendors.stripe.customers import Customers
from raccord.vendors.stripe.customers_changed import CustomersChanged
from raccord.vendors.stripe.delivery import Delivery
from raccord.vendors.stripe.description import describe
from raccord.vendors.stripe.details import KEEPS, CustomerDetails
from raccord.vendors.stripe.endpoint import Endpoint
from raccord.vendors.stripe.everything import Everything
from raccord.vendors.stripe.invoices import Invoices
from raccord.vendors.stripe.limits import LIMITS
from raccord.vendors.stripe.listing import Listing
from raccord.vendors.stripe.methods import METHODS
from raccord.vendors.stripe.movements import Movements
from raccord.vendors.stripe.paid import Paid
from raccord.vendors.stripe.payments import Payments
from raccord.vendors.stripe.received import Received
from raccord.vendors.stripe.settings import OWN_ADDRESS, StripeSettings
from raccord.vendors.stripe.vat import VatRates

_REQUESTS = 4.0
"""Three on average of an ordinary deal, as the simulator counts them."""


def connect(name: str, settings: ConnectionSettings, clock: BusinessClock) -> Billing:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return StripeBilling(name, of_vendor(settings, StripeSettings), clock)


class StripeBilling:
    """One Stripe account. Business dates are read and written through the company's clock."""

    def __init__(self, connection: str, settings: StripeSettings, clock: BusinessClock) -> None:
        self._settings = settings
        self._api = StripeApi(connection, settings)
        self._customers = Customers(self._api)
        self._rates = VatRates(self._api, settings)
        self._invoices = Invoices(self._api, self._rates, clock, settings)
        self._listing = Listing(self._api, self._invoices, self._rates, clock)
        self._corrections = Corrections(self._api, self._invoices, self._rates, settings)
        payments = Payments(self._api)
        self._paid = Paid(self._api, self._invoices, payments)
        self._received = Received(self._api, self._invoices, payments, settings)
        self._accounts = Accounts(self._api, self._customers, self._invoices, payments, settings)
        self._changes = Changes(self._api)
        self._everything = Everything(self._api, self._invoices, clock)
        self._movements = Movements(self._api, self._invoices, payments, clock)
        self._details = CustomerDetails(self._api, self._customers, settings)
        self._details_changed = CustomersChanged(self._api)
        self._endpoint = Endpoint(self._api, settings)
        self._delivery = Delivery(self._api, self._invoices)
        self._documents = InvoiceDocuments(
            "Stripe", settings, home=OWN_ADDRESS, hosts=("stripe.com",), link=self._delivery.pdf_link
        )

    @property
    def capabilities(self) -> BillingCapabilities:
        return BillingCapabilities(
            uniqueness=Uniqueness.IDEMPOTENCY_KEY,
            drafts=True,
            delivers=True,
            # Stripe docs: a sandbox sends no e-mail, although `invoice.sent` fires.
            mails_leave=not self._settings.test,
            payment_methods=METHODS,
            # Stripe is no approved platform of the French reform, and its API passes invoices to none.
            einvoicing=False,
            vat_rounding=self._settings.vat_rounding,
            vat_country=self._settings.vat_country,
            texts=LIMITS,
            max_lines=250,
            settle=self._settings.settle,
            requests_per_activity=_REQUESTS,
            requests_per_second=self._settings.rate,
        )

    async def find_customers(
        self, profile: CustomerProfile, *, linked_id: str | None
    ) -> tuple[Customer, ...]:
        return await self._customers.find(profile, linked_id)

    async def create_customer(self, profile: CustomerProfile, *, key: str) -> Customer:
        return await self._customers.create(profile, key)

    async def claim_customer(self, customer_id: str, profile: CustomerProfile, *, key: str) -> Customer:
        return await self._customers.claim(customer_id, profile, key)

    async def find_vat_rate(self, rate: Decimal) -> str | None:
        return await self._rates.find(rate)

    async def create_vat_rate(self, rate: Decimal, *, key: str) -> str:
        return await self._rates.create(rate, key)

    async def invoices_of(
        self, deal: DealRef, *, customer_id: str | None, invoice_id: str | None
    ) -> tuple[Invoice, ...]:
        return await self._invoices.of_deal(deal, customer_id, invoice_id)

    async def invoices_of_customer(
        self, customer_id: str, *, since: date, until: date
    ) -> tuple[Invoice, ...]:
        return await self._listing.of_customer(customer_id, since, until)

    async def invoiced_lines(self, invoice_id: str) -> tuple[InvoicedLine, ...]:
        return await self._listing.lines(invoice_id)

    async def corrected_since(self, since: datetime) -> CorrectedInvoices:
        return await self._corrections.since(since)

    async def read_money(self, invoice_id: str) -> InvoiceMoney:
        return await self._paid.of(invoice_id)

    async def read_payment(self, payment_id: str) -> ReceivedPayment:
        return await self._received.read(payment_id)

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        return await self._received.unpaid(customer_id)

    async def read_account(self, customer_id: str) -> Account:
        return await self._accounts.read(customer_id)

    async def customers_owing(self, *, due_before: date) -> tuple[str, ...]:
        return await self._listing.owing(due_before)

    async def money_changed(self, since: datetime, *, until: datetime | None) -> ChangedMoney:
        return await self._changes.between(since, until)

    async def issued_since(self, day: date) -> tuple[str, ...]:
        return await self._listing.issued_since(day)

    @property
    def keeps(self) -> frozenset[Field]:
        return KEEPS

    async def read_details(self, record_id: str) -> Sight:
        return await self._details.read(record_id)

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        return await self._details_changed.between(since, until)

    async def write_details(self, record_id: str, changes: DetailsChanges, *, key: str) -> None:
        await self._details.write(record_id, changes, key)

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:
        return await self._everything.invoices(since, after)

    async def list_credit_notes(self, *, since: date, after: str) -> CreditNotePage:
        return await self._everything.credit_notes(since, after)

    async def list_customers(self, *, after: str) -> CustomerPage:
        return await self._everything.customers(after)

    async def list_movements(self, *, since: date, after: str) -> MovementPage:
        return await self._movements.part(since, after)

    async def read_movements(self, invoice_id: str) -> InvoiceMovements:
        return await self._movements.of(invoice_id)

    async def preview_credit(self, invoice: Invoice) -> CreditPreview:
        return await self._corrections.preview(invoice)

    async def read_document(self, invoice_id: str) -> bytes:
        return await self._documents.pdf(invoice_id)

    async def read_invoice(self, invoice_id: str) -> Invoice:
        return await self._invoices.read(invoice_id)

    async def create_draft(self, order: InvoiceOrder, *, key: str) -> Invoice:
        return await self._invoices.create_draft(order, key)

    async def set_lines(self, invoice_id: str, order: InvoiceOrder, *, key: str) -> Invoice:
        return await self._invoices.set_lines(invoice_id, order, key)

    async def discard_draft(self, invoice_id: str, *, key: str) -> None:  # noqa: ARG002
        # Deleting twice is harmless.
        await self._invoices.discard_draft(invoice_id)

    async def allocate_payment(self, payment_id: str, invoice_id: str, *, key: str) -> None:
        await self._received.allocate(payment_id, invoice_id, key)

    async def finalise(self, invoice_id: str, *, key: str) -> Invoice:
        return await self._invoices.finalise(invoice_id, key)

    async def deliver(self, invoice_id: str, *, key: str) -> None:
        await self._delivery.send(invoice_id, key)

    async def was_delivered(self, invoice_id: str) -> bool:
        return await self._delivery.was_sent(invoice_id)

    async def describe(self) -> BillingAccount:
        return await describe(self._api, self._settings)

    async def check_webhooks(self, url: str, *, flows: Collection[str]) -> tuple[Check, ...]:
        return await self._endpoint.check(url, flows)

    async def register_webhooks(self, url: str, *, flows: Collection[str], dry: bool = False) -> Registration:
        return await self._endpoint.register(url, flows, dry=dry)

    async def probe(self) -> None:
        await self._listing.first()

    async def check(self) -> tuple[Check, ...]:
        return await check(self._api, self._settings)

    async def close(self) -> None:
        await self._api.close()
