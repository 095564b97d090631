"""Issuing an invoice and having it e-mailed."""

import structlog
from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.billing import Billing
from raccord.connectors.errors import Permanent
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceState, Part
from raccord.domain.values.totals import Totals
from raccord.records.links import Links
from raccord.records.work import Work
from raccord.texts import say_param

log = structlog.get_logger()


class InvoiceStep(Value):
    """One write on an invoice of a deal; `expected` are the totals it must have to be issued."""

    billing: str
    deal: DealRef
    invoice_id: str
    expected: Totals | None = None


def _prove(draft: Invoice, expected: Totals) -> None:
    """The proof once more, in the moment of issuing: somebody may have edited the draft meanwhile."""
    if differences := expected.differences(draft.totals):
        raise Permanent(
            f"Draft {draft.id} was changed after it had been proven (expected / found): "
            f"{say_param(differences, 'en')}. Correct or delete it in the billing system.",
            code="totals",
        )


def _untold(invoice_id: str) -> str:
    return (
        f"Whether the invoice {invoice_id} was e-mailed is not known: the request got no answer, and the "
        "billing system does not tell. Ask the customer, or send it from there, then skip this step."
    )


class IssueWrites:
    """Each method makes exactly one external write, safe to repeat."""

    def __init__(self, billing: Billing, links: Links, effects: Effects) -> None:
        self._billing = billing
        self._links = links
        self._effects = effects

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

        def remember(issued: Invoice) -> Work[None]:
            if issued.part is not Part.DEPOSIT:
                return self._links.update_deal(wanted.deal, wanted.billing, number=issued.number)
            return self._links.update_deal(
                wanted.deal,
                wanted.billing,
                number=issued.number,
                deposit_id=issued.id,
                deposit_number=issued.number,
            )

        issued = await self._effects.once(
            Effect(
                key=f"inv/{wanted.deal}/{wanted.invoice_id}/finalise",
                name="billing.finalise",
                object=str(wanted.deal),
                cause=cause(),
                request={"invoice": wanted.invoice_id},
            ),
            look=look,
            write=write,
            shows=lambda issued: issued.state in (InvoiceState.OPEN, InvoiceState.PAID),
            remember=remember,
        )
        gross = say_param(issued.totals.gross, "en")
        log.info(f"Invoice {issued.number} over {gross} was issued for deal {wanted.deal}.")
        return issued

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
            untold="" if self._billing.capabilities.tells_delivery else _untold(wanted.invoice_id),
            remember=lambda _: self._links.update_deal(wanted.deal, wanted.billing, delivered=True),
        )
