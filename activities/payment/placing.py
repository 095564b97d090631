"""A payment that names no invoice: what it is, what it may be for, and having it pay one."""

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.billing import Billing, BillingReader
from raccord.domain.payment.questions import WHAT_FOR
from raccord.domain.values.base import Value
from raccord.domain.values.payment import ReceivedPayment, UnpaidInvoice
from raccord.records.records import Records


class PaymentBooks(Value):
    """A payment and what it may be for."""

    payment: ReceivedPayment
    unpaid: tuple[UnpaidInvoice, ...] = ()
    """Invoices that wait for money; not looked for where the payment names its own."""
    for_no_invoice: bool = False
    """Whether a person said so: also what may be meant later is not asked about."""
    of_ours: bool = False
    """Whether whoever paid is a customer that deals are invoiced to."""


class Allocation(Value):
    """A person said that this payment pays this invoice."""

    payment_id: str
    invoice_id: str


class PlacingReads:
    def __init__(self, billing: BillingReader, records: Records, connection: str) -> None:
        self._billing = billing
        self._links = records.links
        self._waiting = records.waiting
        self._connection = connection

    @activity.defn(name="payment.read_payment")
    async def read(self, payment_id: str) -> PaymentBooks:
        """Read a payment; one without invoice, with those that it may be for. Fails with `NotFound`."""
        payment = await self._billing.read_payment(payment_id)
        if payment.invoices or not payment.settled or payment.amount.amount <= 0:
            return PaymentBooks(payment=payment)
        if await self._waiting.skipped(activity.info().workflow_id or "", WHAT_FOR):
            return PaymentBooks(payment=payment, for_no_invoice=True)
        customer = payment.customer_id
        unpaid = await self._billing.unpaid_invoices(customer_id=customer) if customer else ()
        if not unpaid:
            unpaid = await self._billing.unpaid_invoices(customer_id=None)
        companies = await self._links.companies_of(customer, self._connection) if customer else ()
        return PaymentBooks(payment=payment, unpaid=unpaid, of_ours=bool(companies))


class AllocationWrites:
    def __init__(self, billing: Billing, effects: Effects, connection: str) -> None:
        self._billing = billing
        self._effects = effects
        self._connection = connection

    @activity.defn(name="payment.allocate")
    async def allocate(self, wanted: Allocation) -> None:
        """Have a payment pay an invoice; nothing is written when it does already."""

        async def look() -> bool | None:
            payment = await self._billing.read_payment(wanted.payment_id)
            return wanted.invoice_id in payment.invoices or None

        async def write(key: str) -> bool:
            await self._billing.allocate_payment(wanted.payment_id, wanted.invoice_id, key=key)
            return True

        await self._effects.once(
            Effect(
                key=f"pay/{wanted.invoice_id}/{wanted.payment_id}",
                name="billing.allocate_payment",
                object=f"{self._connection}:{wanted.invoice_id}",
                cause=cause(),
                request=wanted.model_dump(mode="json"),
            ),
            look=look,
            write=write,
        )
