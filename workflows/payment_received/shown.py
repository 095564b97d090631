"""What follows once it is known whose money came in: the deal shows it, people hear of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporalio import workflow

from activities.crm.payments import OnDeal, PaymentOnDeal
from activities.payment.books import MoneyBooks
from activities.payment.memory import Settled
from raccord.domain.desk.asks import refused
from raccord.domain.desk.question import Answer, Ask
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.payment.news import News, news_of
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.payment.status import (
    counting_of,
    fully_paid,
    last_payment,
    paid_on,
    received,
    status_of_all,
    sums,
)
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal, DealRef, PaymentFields
from raccord.domain.values.message import message
from raccord.domain.values.payment import InvoiceMoney
from raccord.texts.payments import payment_details
from workflows.payment_received.steps import Writing
from workflows.steps import Stopped

WITHOUT_SHOWING = message("answer.without_payment")


def fields_of(every: tuple[InvoiceMoney, ...], policy: PaymentPolicy) -> PaymentFields:
    """Say over all invoices of a deal what they brought, as the deal shows it; empty where it has none."""
    if not every:
        return PaymentFields()
    counting = counting_of(every)
    last = last_payment(counting)
    return PaymentFields(
        status=status_of_all(every),
        paid=sums(received(money) for money in counting),
        due=sums(money.due for money in counting),
        paid_on=paid_on(every, policy.clock),
        means=last.means if last else "",
        details=payment_details(every, policy.language),
    )


@dataclass(frozen=True)
class Shown:
    """`loud`: whether somebody asked for this look who wants people to hear of what it finds."""

    policy: PaymentPolicy
    steps: Writing
    ask: Callable[[Ask], Awaitable[Answer]]
    loud: bool

    async def on(self, deal: DealRef, every: tuple[InvoiceMoney, ...]) -> OnDeal:
        """Show all money of a deal on it. Asks when it is refused."""
        every = tuple(sorted(every, key=lambda money: str(money.invoice.issued_on or "")))
        shown = OnDeal()
        try:
            wanted = PaymentOnDeal(deal=deal, fields=fields_of(every, self.policy))
            shown = await self.steps.show(wanted)
            if self.policy.moves_paid_deals and fully_paid(every):
                await self.steps.move(wanted)
        except Stopped as stopped:
            await self.ask(refused("show_payment", stopped.ask.problems[0], skip=WITHOUT_SHOWING))
        return shown

    async def remembered(self, ref: DealRef | None, deal: Deal | None, books: MoneyBooks) -> None:
        """Remember what is shown, and have its news told; see what was corrected looked at.

        `ref` names the deal that the invoice is of; `deal` is None where there is none (any more).
        """
        after = books.standing
        # Not by the status: a credit of a part leaves an open invoice open.
        if deal and books.money.invoice.corrected and books.known.standing != after:
            await self.steps.wake_deal(deal.ref)
        if not self._changed(ref, books):
            return
        invoice = books.money.invoice
        done = Settled(
            billing=self.policy.billing,
            invoice_id=invoice.id,
            standing=after,
            deal=ref,
            news=self._news(deal, books) if deal else None,
        )
        await self.steps.settle(done)

    async def onboarded(self, deal: Deal, books: MoneyBooks) -> bool:
        """Begin the onboarding where this change made the deal fully paid; return whether it began."""
        if not (self._changed(deal.ref, books) and fully_paid(books.every) and self.noticed):
            return False
        paid = tuple(money.invoice.id for money in counting_of(books.every))
        return await self.steps.onboard(OnboardingStart(deal=deal.ref, invoices=paid))

    @property
    def noticed(self) -> bool:
        """Whether people are to notice what this look found."""
        return self.loud and self.policy.mode is Mode.LIVE

    def _changed(self, ref: DealRef | None, books: MoneyBooks) -> bool:
        """Whether the money is another than was shown, or another deal shows it."""
        known = books.known
        return (known.standing, known.shown) != (books.standing, ref)

    def _news(self, deal: Deal, books: MoneyBooks) -> News | None:
        if not self.noticed:
            return None
        before, after = books.known.standing_on(deal.ref), books.standing
        return news_of(before, after, books.money, deal, self.policy.clock, at=workflow.now())
