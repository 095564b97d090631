"""The steps of flow 2, each bound to its invoice, its queue and its place in the history.

`Reading` is all that a flow in shadow has: there is nothing to write with.
"""

from typing import TYPE_CHECKING

from activities.crm.deals import CrmReads
from activities.crm.payments import CrmPaymentWrites, OnDeal, PaymentOnDeal
from activities.onboarding.starting import OnboardingActivities
from activities.payment.books import MoneyBooks, MoneyQuery, MoneyReads
from activities.payment.lookups import CompaniesQuery, DealLookUps
from activities.payment.memory import Belonging, PaymentRecords, Settled
from activities.service.flows import FlowActivities, Waking
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.values.deal import Deal, DealRef, FoundDeal
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.subject import Subject
from raccord.temporal.flows import DEAL_WON
from workflows.steps import run_local, run_ours

if TYPE_CHECKING:
    from workflows.payment_received.flow import PaymentReceived


class Reading:
    """What can be looked up about one invoice's money. Every method may raise `Stopped` and `Gone`."""

    def __init__(self, flow: "PaymentReceived", invoice: Subject, policy: PaymentPolicy) -> None:
        self._flow = flow
        self._invoice = invoice
        self._crm = policy.crm
        self._billing = policy.billing

    @property
    def about_invoice(self) -> RecordName:
        return RecordName(kind=RecordKind.INVOICE, id=self._invoice.id)

    async def books(self) -> MoneyBooks:
        return await self._flow.step(
            MoneyReads.read,
            MoneyQuery(invoice_id=self._invoice.id, crm=self._crm),
            queue=self._billing,
            about=self.about_invoice,
            summary="read what was paid",
        )

    async def deal(self, deal: DealRef) -> Deal:
        return await self._flow.step(
            CrmReads.read_deal, deal, queue=self._crm, about=self.about(deal), summary="read the deal"
        )

    def deal_named(self, deal_id: str) -> DealRef:
        return DealRef(connection=self._crm, id=deal_id)

    def about(self, deal: DealRef) -> RecordName:
        return RecordName(kind=RecordKind.DEAL, id=deal.id)

    async def deals_showing(self, number: str) -> tuple[DealRef, ...]:
        found = await self._flow.step(
            DealLookUps.deals_showing,
            number,
            queue=self._crm,
            about=self.about_invoice,
            summary="which deal shows this invoice?",
        )
        return tuple(DealRef(connection=self._crm, id=id) for id in found)

    async def deals_of(self, companies: tuple[str, ...]) -> tuple[FoundDeal, ...]:
        ids = tuple(each.partition(":")[2] for each in companies)
        return await self._flow.step(
            DealLookUps.deals_of,
            CompaniesQuery(ids=ids),
            queue=self._crm,
            about=self.about_invoice,
            summary="which deals has its customer?",
        )


class Writing(Reading):
    """What can be done about one invoice's money."""

    async def belongs(
        self, deal: DealRef | None, *, customer_id: str = "", never: bool = False, united: bool = False
    ) -> None:
        """Remember whose the invoice is; without a deal, that it is of none. `united`: its deal into this."""
        wanted = Belonging(
            billing=self._billing,
            invoice_id=self._invoice.id,
            deal=deal,
            customer_id=customer_id,
            never=never,
            united=united,
        )
        await run_local(PaymentRecords.belongs, wanted, summary="remember whose invoice it is")

    async def show(self, wanted: PaymentOnDeal) -> OnDeal:
        """Show what came in on the deal."""
        return await self._flow.step(
            CrmPaymentWrites.write_payment,
            wanted,
            queue=self._crm,
            about=self.about(wanted.deal),
            summary=f"show on the deal: {wanted.fields.status}",
        )

    async def move(self, paid: PaymentOnDeal) -> None:
        """Move the deal to its stage, once for this money."""
        await self._flow.step(
            CrmPaymentWrites.move_to_paid_stage,
            paid,
            queue=self._crm,
            about=self.about(paid.deal),
            summary="move the paid deal to its stage",
        )

    async def settle(self, done: Settled) -> None:
        if done.news is None:
            await run_local(PaymentRecords.settle, done, summary="remember what is shown")
        else:
            await run_ours(PaymentRecords.settle, done, summary=f"tell the news: {done.news.kind}")

    async def onboard(self, start: OnboardingStart) -> bool:
        """Begin the onboarding of a paid deal, once ever; return whether this call does."""
        return await run_ours(OnboardingActivities.start, start, summary="begin the onboarding, once ever")

    async def wake_deal(self, deal: DealRef) -> None:
        """Have the deal's own flow look: a person corrected its invoice."""
        wanted = Waking(flow=DEAL_WON.name, subject=deal.subject, key="corrected")
        await run_ours(FlowActivities.wake, wanted, summary="look at the deal, whose invoice was corrected")
