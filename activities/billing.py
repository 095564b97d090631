"""The billing system's role: customers, VAT rates, and an invoice from draft to delivered."""

from decimal import Decimal

from temporalio import activity

from activities.effects import Effect, Effects, cause
from activities.messages import (
    CustomerClaim,
    CustomerInvoices,
    CustomerRequest,
    DiscardRequest,
    DraftRequest,
    DraftStep,
    InvoicesQuery,
    InvoiceStep,
    VatRates,
)
from raccord.connectors.billing import Billing, BillingReader
from raccord.connectors.errors import NotFound, Permanent
from raccord.domain.customer.matching import CustomerChoice, Evidence, choose_customer
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceState
from raccord.domain.values.parties import Customer, CustomerProfile
from raccord.domain.values.totals import Totals
from raccord.records.links import Links

OURS = (Evidence.LINK, Evidence.REFERENCE)


class BillingReads:
    """Reading only: safe in every mode."""

    def __init__(self, billing: BillingReader, links: Links) -> None:
        self._billing = billing
        self._links = links

    @activity.defn(name="billing.find_customer")
    async def find_customer(self, wanted: CustomerRequest) -> CustomerChoice:
        """Find the customer of a profile: one proven, or candidates for a person, or neither."""
        return await find_customer(self._billing, self._links, wanted.billing, wanted.profile)

    @activity.defn(name="billing.missing_vat_rates")
    async def missing_vat_rates(self, wanted: VatRates) -> VatRates:
        """Return the rates that the account has no entry for yet."""
        missing = [r for r in wanted.rates if await self._billing.find_vat_rate(Decimal(r)) is None]
        return VatRates(rates=tuple(missing))

    @activity.defn(name="billing.invoices_of_deal")
    async def invoices_of_deal(self, wanted: InvoicesQuery) -> tuple[Invoice, ...]:
        """Return every invoice of a deal, by what records know and by our reference."""
        link = await self._links.deal(wanted.deal, wanted.billing)
        found = await self._billing.invoices_of(
            wanted.deal, customer_id=wanted.customer_id or link.customer_id, invoice_id=link.invoice_id
        )
        if link.adopted and link.invoice_id and link.invoice_id not in {i.id for i in found}:
            return (*found, await self._billing.read_invoice(link.invoice_id))
        return found

    @activity.defn(name="billing.invoices_of_customer")
    async def invoices_of_customer(self, wanted: CustomerInvoices) -> tuple[Invoice, ...]:
        """Return a customer's invoices of some days, ours or not."""
        return await self._billing.invoices_of_customer(
            wanted.customer_id, since=wanted.since, until=wanted.until
        )

    @activity.defn(name="billing.invoiced_lines")
    async def invoiced_lines(self, wanted: InvoiceStep) -> tuple[InvoicedLine, ...]:
        """Return what an invoice bills, line by line."""
        return await self._billing.invoiced_lines(wanted.invoice_id)


async def find_customer(
    billing: BillingReader, links: Links, connection: str, profile: CustomerProfile
) -> CustomerChoice:
    linked = await links.customer(profile.identity.reference, connection)
    found = await billing.find_customers(profile, linked_id=linked)
    return choose_customer(found, profile, linked)


def _prove(draft: Invoice, expected: Totals) -> None:
    """The proof once more, in the moment of issuing: somebody may have edited the draft meanwhile."""
    if differences := expected.differences(draft.totals):
        raise Permanent(
            f"Draft {draft.id} was changed after it had been proven (expected / found): "
            f"{'; '.join(d.en for d in differences)}. Correct or delete it in the billing system.",
            code="totals",
        )


class BillingWrites:
    """Each method makes exactly one external write, safe to repeat."""

    def __init__(self, billing: Billing, links: Links, effects: Effects) -> None:
        self._billing = billing
        self._links = links
        self._effects = effects

    @activity.defn(name="billing.create_customer")
    async def create_customer(self, wanted: CustomerRequest) -> Customer:
        """Create the customer and remember it."""
        profile = wanted.profile

        async def look() -> Customer | None:
            choice = await find_customer(self._billing, self._links, wanted.billing, profile)
            return choice.customer if choice.evidence in OURS else None

        async def write(key: str) -> Customer:
            return await self._billing.create_customer(profile, key=key)

        customer = await self._effects.once(
            Effect(
                key=f"cus/{profile.identity.reference}",
                name="billing.create_customer",
                object=f"customer/{profile.identity.reference}",
                cause=cause(),
                request=profile.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            # The created customer is in the answer; the vendor's search may show it only minutes later.
            read_back=False,
        )
        await self._remember(wanted.billing, profile, customer.id)
        return customer

    @activity.defn(name="billing.claim_customer")
    async def claim_customer(self, wanted: CustomerClaim) -> Customer:
        """Put our reference on a customer that existed before Raccord, and remember it."""
        profile = wanted.profile

        async def look() -> Customer | None:
            found = await self._billing.find_customers(profile, linked_id=wanted.customer_id)
            return next(
                (
                    c
                    for c in found
                    if c.id == wanted.customer_id and c.reference == profile.identity.reference
                ),
                None,
            )

        async def write(key: str) -> Customer:
            return await self._billing.claim_customer(wanted.customer_id, profile, key=key)

        customer = await self._effects.once(
            Effect(
                key=f"cus/{profile.identity.reference}/claim/{wanted.customer_id}",
                name="billing.claim_customer",
                object=f"customer/{profile.identity.reference}",
                cause=cause(),
                request={"customer": wanted.customer_id},
            ),
            look=look,
            write=write,
        )
        await self._remember(wanted.billing, profile, customer.id)
        return customer

    async def _remember(self, billing: str, profile: CustomerProfile, customer_id: str) -> None:
        """Link the identity to its customer. A link that the look-up passed over names a deleted one."""
        identity = profile.identity.reference
        await self._links.link_customer(
            identity,
            billing,
            customer_id,
            profile.crm_company,
            replacing=await self._links.customer(identity, billing),
        )

    @activity.defn(name="billing.create_vat_rate")
    async def create_vat_rate(self, wanted: VatRates) -> None:
        """Create one VAT rate the account lacks."""
        (text,) = wanted.rates
        rate = Decimal(text)

        async def look() -> str | None:
            return await self._billing.find_vat_rate(rate)

        async def write(key: str) -> str:
            return await self._billing.create_vat_rate(rate, key=key)

        await self._effects.once(
            Effect(
                key=f"vat/{text}",
                name="billing.create_vat_rate",
                object=f"vat/{text}",
                cause=cause(),
                request={"rate": text},
            ),
            look=look,
            write=write,
        )

    @activity.defn(name="billing.create_draft")
    async def create_draft(self, wanted: DraftRequest) -> Invoice:
        """Create the draft of an order. Two drafts of one reference are a question, never a pick."""
        order = wanted.order

        async def look() -> Invoice | None:
            link = await self._links.deal(order.reference.deal, wanted.billing)
            found = await self._billing.invoices_of(
                order.reference.deal, customer_id=order.customer_id, invoice_id=link.invoice_id
            )
            match [i for i in found if i.reference == order.reference]:
                case []:
                    return None
                case [one]:
                    return one
                case several:
                    listed = ", ".join(i.id for i in several)
                    raise Permanent(
                        f"Deal {order.reference.deal} has several invoices of one reference ({listed}). "
                        "Keep one and delete the other drafts in the billing system.",
                        code="several_invoices",
                    )

        async def write(key: str) -> Invoice:
            return await self._billing.create_draft(order, key=key)

        invoice = await self._effects.once(
            Effect(
                key=order.key,
                name="billing.create_draft",
                object=str(order.reference.deal),
                cause=cause(),
                request=order.model_dump(mode="json"),
            ),
            look=look,
            write=write,
        )
        await self._links.update_deal(
            order.reference.deal,
            wanted.billing,
            customer_id=order.customer_id,
            invoice_id=invoice.id,
            revision=order.reference.revision,
            number=None,
            delivered=False,
            adopted=False,
        )
        return invoice

    @activity.defn(name="billing.set_lines")
    async def set_lines(self, wanted: DraftStep) -> Invoice:
        """Put the order's lines on its draft, all at once."""
        order = wanted.order

        async def look() -> Invoice | None:
            invoice = await self._billing.read_invoice(wanted.invoice_id)
            return invoice if invoice.content_hash == order.content_hash else None

        async def write(key: str) -> Invoice:
            return await self._billing.set_lines(wanted.invoice_id, order, key=key)

        return await self._effects.once(
            Effect(
                key=f"{order.key}/lines",
                name="billing.set_lines",
                object=str(order.reference.deal),
                cause=cause(),
                request={"lines": len(order.lines), "content": order.content_hash},
            ),
            look=look,
            write=write,
        )

    @activity.defn(name="billing.discard_draft")
    async def discard_draft(self, wanted: DiscardRequest) -> None:
        """Delete a draft that no longer says what the deal says; the next one gets a new revision."""

        async def look() -> bool | None:
            try:
                await self._billing.read_invoice(wanted.invoice_id)
            except NotFound:
                return True
            return None

        async def write(key: str) -> bool:
            await self._billing.discard_draft(wanted.invoice_id, key=key)
            return True

        await self._effects.once(
            Effect(
                key=f"inv/{wanted.deal}/discard/{wanted.invoice_id}",
                name="billing.discard_draft",
                object=str(wanted.deal),
                cause=cause(),
            ),
            look=look,
            write=write,
        )
        await self._links.update_deal(
            wanted.deal, wanted.billing, invoice_id=None, revision=wanted.next_revision
        )

    @activity.defn(name="billing.finalise")
    async def finalise(self, wanted: InvoiceStep) -> Invoice:
        """Issue the invoice: the billing system gives it its number."""

        async def look() -> Invoice | None:
            invoice = await self._billing.read_invoice(wanted.invoice_id)
            if invoice.state is InvoiceState.VOID:
                raise Permanent(f"Invoice {invoice.id} was voided before it could be issued.")
            if not invoice.finalised and wanted.expected:
                _prove(invoice, wanted.expected)
            return invoice if invoice.finalised else None

        async def write(key: str) -> Invoice:
            return await self._billing.finalise(wanted.invoice_id, key=key)

        invoice = await self._effects.once(
            Effect(
                key=f"inv/{wanted.deal}/{wanted.invoice_id}/finalise",
                name="billing.finalise",
                object=str(wanted.deal),
                cause=cause(),
                request={"invoice": wanted.invoice_id},
            ),
            look=look,
            write=write,
        )
        await self._links.update_deal(wanted.deal, wanted.billing, number=invoice.number)
        return invoice

    @activity.defn(name="billing.deliver")
    async def deliver(self, wanted: InvoiceStep) -> None:
        """Have the billing system e-mail the invoice, once for ever."""

        async def look() -> bool | None:
            link = await self._links.deal(wanted.deal, wanted.billing)
            known = link.delivered and link.invoice_id == wanted.invoice_id
            return known or await self._billing.was_delivered(wanted.invoice_id) or None

        async def write(key: str) -> bool:
            await self._billing.deliver(wanted.invoice_id, key=key)
            return True

        await self._effects.once(
            Effect(
                key=f"inv/{wanted.deal}/{wanted.invoice_id}/deliver",
                name="billing.deliver",
                object=str(wanted.deal),
                cause=cause(),
                request={"invoice": wanted.invoice_id},
            ),
            look=look,
            write=write,
            # The vendor's list of sent invoices may lag; its key keeps a repeat from sending twice.
            read_back=False,
            final=True,
        )
        await self._links.update_deal(wanted.deal, wanted.billing, delivered=True)
