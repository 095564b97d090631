"""Customers with what they owe.

Of an ordinary account that is three requests, however many invoices are open: the customer, its open
invoices with their payments, and its payment intents.
"""

from dataclasses import dataclass
from datetime import date

from raccord.connectors.http.errors import Operation
from raccord.connectors.http.together import together
from raccord.domain.values.account import Account, OwedInvoice
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.customers import Customers, address_of, as_customer, language_of
from raccord.vendors.stripe.errors import empty_when_gone
from raccord.vendors.stripe.invoices import OWED, READ, Invoices
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.paid import Part, sums_of, undecided
from raccord.vendors.stripe.payments import INVOICE_PAYMENTS, Payments, Source
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire_parties import StripeCustomer, TaxId
from raccord.vendors.stripe.wire_payments import InvoicePayment, InvoiceWithPayments, InvoiceWithPaymentsPage


@dataclass(frozen=True)
class _Held:
    """An open invoice with what pays it, or is to."""

    invoice: InvoiceWithPayments
    due_on: date
    payments: tuple[InvoicePayment, ...]

    @property
    def intents(self) -> set[str]:
        named = (each.payment.payment_intent for each in self.payments)
        return {id for id in named if id}

    @property
    def left(self) -> int:
        """In minor units; a payment that is listed already is not owed any more."""
        paid = [Part(each, None) for each in self.payments if each.status == "paid"]
        return sums_of(self.invoice, paid).due


class Accounts:
    def __init__(
        self,
        api: StripeApi,
        customers: Customers,
        invoices: Invoices,
        payments: Payments,
        settings: StripeSettings,
    ) -> None:
        self._api = api
        self._customers = customers
        self._invoices = invoices
        self._payments = payments
        self._settings = settings

    async def read(self, customer_id: str) -> Account:
        """Read a customer with its open invoices; a deleted one, or one that never was, is gone."""
        async with together() as group:
            reading = group.create_task(self._customers.read(customer_id))
            listing = group.create_task(self._held(customer_id))
        if (found := reading.result()) is None:
            return Account(customer_id=customer_id, gone=True)
        return self._account(*found, await self._owed(customer_id, listing.result()))

    async def _held(self, customer_id: str) -> list[_Held]:
        pages = self._api.pages(
            Operation(f"list the open invoices of customer {customer_id}", f"{READ} and {INVOICE_PAYMENTS}"),
            "invoices",
            InvoiceWithPaymentsPage,
            {**OWED, "customer": customer_id, "expand": ["data.payments"]},
        )
        listed: list[InvoiceWithPayments] = []
        with empty_when_gone():
            listed = [each async for each in pages if each.amount_remaining]
        # Without a due date nothing is ever late; Stripe gives one to all that customers pay themselves.
        dated = [(each, due_on) for each in listed if (due_on := self._invoices.date_of(each.due_date))]
        return [_Held(each, due_on, await self._payments.expanded(each)) for each, due_on in dated]

    async def _owed(self, customer_id: str, held: list[_Held]) -> tuple[OwedInvoice, ...]:
        intents: dict[str, Source] = {}
        if wanted := {id for each in held for id in each.intents}:
            since = min(each.invoice.created for each in held)
            intents = await self._payments.intents_of(customer_id, wanted, since=since)
        owed = [await self._invoice(each, intents) for each in held if each.left]
        return tuple(sorted(owed, key=lambda each: (each.due_on, each.number)))

    async def _invoice(self, held: _Held, intents: dict[str, Source]) -> OwedInvoice:
        found, glimpsed = held.invoice, self._invoices.glimpse(held.invoice)
        begun = [await self._source(each, intents) for each in held.payments if each.status == "open"]
        came = [await self._source(each, intents) for each in held.payments if each.status == "paid"]
        return OwedInvoice(
            id=found.id,
            number=found.number or "",
            due=of_minor(held.left, found.currency),
            total=glimpsed.totals.gross,
            issued_on=glimpsed.issued_on or held.due_on,
            due_on=held.due_on,
            url=found.hosted_invoice_url or "",
            deal=glimpsed.reference.deal if glimpsed.reference else None,
            disputed=any([await self._disputed(source) for source in came if source]),
            processing=any(source.processing for source in begun if source),
        )

    async def _source(self, payment: InvoicePayment, intents: dict[str, Source]) -> Source | None:
        """Return where a payment's money is from, read by itself where the customer's list had it not."""
        known = intents.get(payment.payment.payment_intent or "")
        # What somebody noted as paid elsewhere is not under way, and no bank disputes it.
        if known or payment.payment.payment_record:
            return known
        return await self._payments.behind(payment.payment)

    async def _disputed(self, source: Source) -> bool:
        return any(undecided(each) for each in await self._payments.disputes(source))

    def _account(
        self, found: StripeCustomer, tax_ids: tuple[TaxId, ...], owed: tuple[OwedInvoice, ...]
    ) -> Account:
        customer = as_customer(found, tax_ids)
        return Account(
            customer_id=found.id,
            name=found.business_name or found.name or found.individual_name or "",
            email=found.email or "",
            language=language_of(found),
            address=address_of(found.address),
            siren=customer.siren or "",
            business=_business(found, customer.siren, tax_ids),
            page=self._settings.page_of(found.id, among="customers"),
            invoices=owed,
        )


def _business(found: StripeCustomer, siren: str | None, tax_ids: tuple[TaxId, ...]) -> bool | None:
    """Whether it is a business: by its SIREN or a VAT number of any country, else by how it is named."""
    if siren or found.business_name or any(each.type.endswith("_vat") for each in tax_ids):
        return True
    return False if found.individual_name else None
