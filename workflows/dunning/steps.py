"""The steps of flow 3, each bound to its customer, its queue and its place in the history.

`Reading` is all that a flow in shadow has: there is nothing to write with.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.crm.deals import CrmReads
from activities.crm.tasks import CrmTasks, TaskOrder
from activities.dunning.backlog import BacklogActivities, Waits
from activities.dunning.books import AccountReads
from activities.dunning.finance import FinanceMails, FinanceMessages, Story
from activities.dunning.memory import DunningMemory, Ended, Remembered, Remembering, Told
from activities.dunning.sending import Gratitude, Order, ReminderMails, Sent
from raccord.domain.dunning.backlog import LateBefore
from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.outcome import customer_record
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.thanks import Thanks
from raccord.domain.dunning.words import Word
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.subject import Subject
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_telling

if TYPE_CHECKING:
    from workflows.dunning.flow import Dunning

_MAIL_STEP = timedelta(minutes=2)
"""For one attempt of a mail: many servers look through it before they answer."""
_MAIL_WITHIN = timedelta(hours=6)
"""How long a mail is tried; then everything is looked at again, and it leaves when it is still due."""
_TOLD_WITHIN = timedelta(days=2)


class Reading:
    """What can be looked up about one customer. Every method may raise `Stopped` and `Gone`."""

    def __init__(self, flow: "Dunning", customer: Subject, policy: DunningPolicy) -> None:
        self._flow = flow
        self._customer = customer
        self._policy = policy

    @property
    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.CUSTOMER, id=self._customer.id)

    async def account(self) -> Account:
        return await self._flow.step(
            AccountReads.read,
            self._customer.id,
            queue=self._policy.billing,
            about=self.about,
            summary="read what the customer owes",
        )

    async def remembered(self, memory: Memory) -> Remembered:
        known = Remembering(
            customer=str(self._customer),
            memory=memory,
            at=workflow.now(),
            live=self._policy.mode is not Mode.SHADOW,
            clock=self._policy.clock,
        )
        return await run_local(DunningMemory.remember, known, summary="recall what was sent and said")

    async def waits_no_more(self) -> None:
        """Have nobody asked any more whether this customer may be reminded."""
        await run_ours(BacklogActivities.waits_no_more, self._customer, summary="it waits for no approval")


class Writing(Reading):
    """What can be done about one customer."""

    async def send(self, order: Order) -> Sent:
        """Send a reminder. Raises `OutOfTime` when the mail server does not take it for hours."""
        return await self._flow.step(
            ReminderMails.send,
            order,
            queue=self._policy.mailer,
            about=self.about,
            summary=f"reminder of level {order.due.level}",
            within=_MAIL_WITHIN,
            lasting=_MAIL_STEP,
        )

    async def thank(self, word: Word) -> Thanks:
        """Thank for a promise that was kept; that it cannot be said is nobody's harm."""
        wanted = Gratitude(customer=str(self._customer), customer_id=self._customer.id, word=word)
        try:
            return await self._flow.step(
                ReminderMails.thank,
                wanted,
                queue=self._policy.mailer,
                about=self.about,
                summary="thank for the promise that was kept",
                within=_TOLD_WITHIN,
                lasting=_MAIL_STEP,
            )
        except (Stopped, Gone, OutOfTime):
            return Thanks.NONE

    async def tell_finance(self, story: Story) -> None:
        await run_telling(
            FinanceMails.tell,
            story,
            queue=self._policy.mailer,
            timing=self._policy.timing,
            lasting=_MAIL_STEP,
            about=customer_record(story.account, self._customer.id),
            summary="tell finance the account's story",
            within=_TOLD_WITHIN,
        )

    async def post_story(self, story: Story) -> None:
        await run_telling(
            FinanceMessages.post,
            story,
            queue=self._policy.messenger,
            timing=self._policy.timing,
            about=customer_record(story.account, self._customer.id),
            summary="tell finance in the channel",
            within=_TOLD_WITHIN,
        )

    async def deal(self, deal: DealRef) -> Deal:
        about = RecordName(kind=RecordKind.DEAL, id=deal.id)
        return await self._flow.step(
            CrmReads.read_deal,
            deal,
            queue=self._policy.crm,
            about=about,
            summary="whose deal is it?",
            within=_TOLD_WITHIN,
        )

    async def task(self, order: TaskOrder) -> None:
        await self._flow.step(
            CrmTasks.create,
            order,
            queue=self._policy.crm,
            about=RecordName(kind=RecordKind.DEAL, id=order.deal.id),
            summary="give the salesperson a task",
            within=_TOLD_WITHIN,
        )

    async def waits(self, account: Account, plan: Plan) -> None:
        """Have a person asked whether a customer may be reminded who was late before reminders began."""
        late = LateBefore(customer_id=account.customer_id, name=account.name, owed=plan.owed)
        wanted = Waits(billing=self._policy.billing, late=late, at=workflow.now())
        await run_ours(BacklogActivities.waits, wanted, summary="ask whether it may be reminded")

    def today(self, now: datetime) -> date:
        return self._policy.clock.date_of(now)

    async def said(self, word: Word) -> None:
        told = Told(customer=str(self._customer), word=word)
        await run_local(DunningMemory.said, told, summary=f"a person said: {word.kind}")

    async def ended(self, sent: Round, actor: str) -> None:
        ended = Ended(customer=str(self._customer), round=sent, actor=actor)
        await run_local(DunningMemory.ended, ended, summary=f"the reminder: {sent.fate}")
