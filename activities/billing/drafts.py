"""The draft of an invoice: VAT rates it needs, the draft, its lines, and its end."""

from collections.abc import Sequence
from decimal import Decimal

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.billing import Billing
from raccord.connectors.errors import NotFound, Permanent
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceOrder, live_invoices
from raccord.records.links import Links
from raccord.records.work import Work

OUTDATED = "look_again"
"""Code of the refusal that sends a flow back to reading."""


class VatRate(Value):
    """One VAT rate, in percent, as text."""

    rate: str


class DraftRequest(Value):
    billing: str
    order: InvoiceOrder


class DraftStep(DraftRequest):
    """One write on the draft of an order."""

    invoice_id: str


class DiscardRequest(Value):
    billing: str
    deal: DealRef
    invoice_id: str
    next_revision: int


class DraftWrites:
    """Each method makes exactly one external write, safe to repeat."""

    def __init__(self, billing: Billing, links: Links, effects: Effects) -> None:
        self._billing = billing
        self._links = links
        self._effects = effects

    @activity.defn(name="billing.create_vat_rate")
    async def create_vat_rate(self, wanted: VatRate) -> None:
        """Create one VAT rate the account lacks."""
        text, rate = wanted.rate, Decimal(wanted.rate)

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
            await self._nothing_else(order, wanted.billing, found)
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

        def remember(invoice: Invoice) -> Work[None]:
            return self._links.update_deal(
                order.reference.deal,
                wanted.billing,
                customer_id=order.customer_id,
                invoice_id=invoice.id,
                revision=order.reference.revision,
                number=None,
                delivered=False,
                adopted=False,
            )

        return await self._effects.once(
            Effect(
                key=order.key,
                name="billing.create_draft",
                object=str(order.reference.deal),
                cause=cause(),
                request=order.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            shows=lambda draft: _made_for(draft, order),
            remember=remember,
        )

    async def _nothing_else(self, order: InvoiceOrder, billing: str, found: Sequence[Invoice]) -> None:
        """Send the flow back to reading when the customer's own list shows more than its plan knew.

        The search by reference may miss an invoice for a minute; the customer's own list does not.
        """
        live = (i for i in live_invoices(tuple(found)) if i.id != order.deducts)
        others = [i for i in live if not _made_for(i, order)]
        if others:
            await self._links.update_deal(order.reference.deal, billing, customer_id=order.customer_id)
            raise Permanent(f"Deal {order.reference.deal} has another invoice by now.", code=OUTDATED)

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
            # It reads the draft before it puts lines on it, and leaves one alone that has some.
            write_looks=True,
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
            remember=lambda _: self._links.update_deal(
                wanted.deal, wanted.billing, invoice_id=None, revision=wanted.next_revision
            ),
        )


def _made_for(invoice: Invoice, order: InvoiceOrder) -> bool:
    """Whether an earlier attempt made this draft for this very order."""
    ours = invoice.reference == order.reference and not invoice.finalised
    alike = invoice.content_hash in (None, order.content_hash) and invoice.due_on in (None, order.due_on)
    return ours and alike
