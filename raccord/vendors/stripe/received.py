"""Payments as the account received them, whatever they are for, and the invoices that wait for one."""

from raccord.connectors.errors import Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.values.payment import PaymentMeans, ReceivedPayment, UnpaidInvoice
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.errors import empty_when_gone
from raccord.vendors.stripe.invoices import READ, WRITE, Invoices
from raccord.vendors.stripe.money import of_minor
from raccord.vendors.stripe.payments import Payments, Source, instant
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.transfers import Transfer, Transfers, is_transfer
from raccord.vendors.stripe.wire import InvoicePage, StripeInvoice
from raccord.vendors.stripe.wire_payments import StripeDispute

MOST_UNPAID = 500
ATTACHABLE = ("pi_", "pr_")
"""Payment intents and payment records (Stripe docs: api/invoices/attach_payment)."""
_UNPAID = ("open", "uncollectible")
"""What was given up may be paid all the same (Stripe docs: invoicing/overview)."""


class Received:
    def __init__(
        self, api: StripeApi, invoices: Invoices, payments: Payments, settings: StripeSettings
    ) -> None:
        self._api = api
        self._invoices = invoices
        self._payments = payments
        self._transfers = Transfers(api)
        self._settings = settings

    async def read(self, payment_id: str) -> ReceivedPayment:
        """Read a payment intent, a charge, a payment record, or a transfer that Stripe holds."""
        if is_transfer(payment_id):
            return await self._transfer(payment_id, await self._transfers.read(payment_id))
        source = await self._payments.source(payment_id)
        lost = sum(each.amount for each in await self._lost(source))
        settled = source.received > 0
        amount = max(source.received - source.refunded - lost, 0) if settled else source.asked
        return ReceivedPayment(
            id=source.id,
            customer_id=source.customer,
            payer=source.payer,
            amount=of_minor(amount, source.currency),
            received_at=instant(source.charged_at or source.created),
            means=source.means,
            description=source.description,
            invoices=await self._payments.invoices_of(source.id),
            settled=settled,
            by_hand=not source.id.startswith(ATTACHABLE),
            page=self._settings.page_of(source.id, among="payments"),
        )

    async def unpaid(self, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        """Return the invoices on which something is due, the newest first."""
        found = [each for status in _UNPAID for each in await self._listed(status, customer_id)]
        found.sort(key=lambda each: each.created, reverse=True)
        return tuple(self._unpaid(each) for each in found[:MOST_UNPAID])

    async def allocate(self, payment_id: str, invoice_id: str, key: str) -> None:
        """Attach a payment to an invoice. One that pays the invoice already is left alone."""
        if not payment_id.startswith(ATTACHABLE):
            raise Permanent(
                "Stripe attaches payment intents and payment records to invoices, and "
                f"{payment_id} is neither. Apply it to the invoice on the customer's page of the Dashboard.",
                code="not_attachable",
            )
        if invoice_id in await self._payments.invoices_of(payment_id):
            return
        kind = "payment_record" if payment_id.startswith("pr_") else "payment_intent"
        await self._api.post(
            Operation(f"attach the payment {payment_id} to the invoice {invoice_id}", WRITE, write=True),
            ("invoices", invoice_id, "attach_payment"),
            StripeInvoice,
            {kind: payment_id},
            key=key,
        )

    async def _transfer(self, payment_id: str, transfer: Transfer) -> ReceivedPayment:
        """Return the part that pays nothing; of a transfer that was used up, all of it with its invoices."""
        found = transfer.found
        named = () if transfer.left else await self._paid_by(transfer)
        bank = found.funded.bank_transfer if found.funded else None
        return ReceivedPayment(
            id=payment_id,
            customer_id=found.customer,
            payer=bank.sender if bank else "",
            amount=of_minor(transfer.left or (found.net_amount if named else 0), found.currency),
            received_at=instant(found.created),
            means=PaymentMeans.BANK_TRANSFER,
            description=(bank.reference if bank else None) or "",
            invoices=named,
            by_hand=True,
            page=self._settings.page_of(found.customer, among="customers"),
        )

    async def _paid_by(self, transfer: Transfer) -> tuple[str, ...]:
        every = [await self._payments.invoices_of(intent) for intent in transfer.intents]
        return tuple(dict.fromkeys(invoice for invoices in every for invoice in invoices))

    async def _lost(self, source: Source) -> list[StripeDispute]:
        if not source.disputed:
            return []
        return [each for each in await self._payments.disputes(source) if each.status == "lost"]

    async def _listed(self, status: str, customer_id: str | None) -> list[StripeInvoice]:
        wanted = {"status": status, **({"customer": customer_id} if customer_id else {})}
        pages = self._api.pages(Operation("list the unpaid invoices", READ), "invoices", InvoicePage, wanted)
        found: list[StripeInvoice] = []
        with empty_when_gone():
            async for invoice in pages:
                found += [invoice] if invoice.amount_remaining else []
                if len(found) == MOST_UNPAID:
                    break
        return found

    def _unpaid(self, found: StripeInvoice) -> UnpaidInvoice:
        invoice = self._invoices.glimpse(found)
        return UnpaidInvoice(
            id=invoice.id,
            number=invoice.number or "",
            customer_id=invoice.customer_id,
            customer=found.customer_name or "",
            due=of_minor(found.amount_remaining or 0, found.currency),
            issued_on=invoice.issued_on,
            due_on=invoice.due_on,
            page=invoice.page,
        )
