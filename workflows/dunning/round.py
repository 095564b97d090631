"""One round: the mail, and what goes with it."""

from datetime import datetime

from activities.crm.tasks import TaskOrder
from activities.dunning.finance import Story
from activities.dunning.sending import Order, Sent
from raccord.domain.dunning.calendar import sending_from
from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.plan import Due, Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.values.account import Account
from raccord.domain.values.clock import DAY
from raccord.domain.values.deal import Deal
from raccord.domain.values.subject import Subject
from raccord.texts.dunning import task_body, task_subject
from workflows.dunning.steps import Writing
from workflows.steps import Gone, OutOfTime, Stopped

DUE_IN = 1
"""Working days until the salesperson should have called."""


class Rounds:
    def __init__(self, writing: Writing, customer: Subject, policy: DunningPolicy) -> None:
        self._writing = writing
        self._customer = customer
        self._policy = policy

    async def sent(self, due: Due, *, approved: bool) -> Sent:
        order = Order(customer=str(self._customer), customer_id=self._customer.id, due=due, approved=approved)
        return await self._writing.send(order)

    def tomorrow(self, now: datetime) -> datetime:
        """Return the first sending moment of another day."""
        return sending_from(self._policy, self._policy.clock.date_of(now) + DAY)

    async def accompanied(self, sent: Round, account: Account, memory: Memory, plan: Plan) -> None:
        """Give the salesperson a task, and tell finance where the level asks for it. Neither holds it up."""
        level = ladder_of(account, self._policy.rules).step(sent.level).level
        if level.task:
            await self._task(sent, account, memory, plan)
        if level.finance and self._policy.rules.finance:
            story = Story(
                key=sent.key,
                customer=str(self._customer),
                account=account,
                memory=memory,
                plan=plan,
                at=sent.at,
            )
            await self._writing.tell_finance(story)
            if self._policy.messenger:
                await self._writing.post_story(story)

    async def _task(self, sent: Round, account: Account, memory: Memory, plan: Plan) -> None:
        reached = {each.invoice_id for each in sent.reached}
        ref = next((each.deal for each in plan.overdue if each.id in reached and each.deal), None)
        if ref is None:
            return
        try:
            deal = await self._writing.deal(ref)
            await self._writing.task(self._order(deal, sent, account, memory, plan))
        except (Stopped, Gone, OutOfTime):
            # The reminder left; the desk and the audit know of it.
            return

    def _order(self, deal: Deal, sent: Round, account: Account, memory: Memory, plan: Plan) -> TaskOrder:
        return TaskOrder(
            deal=deal.ref,
            key=f"{sent.key}/task",
            owner_id=deal.owner.id if deal.owner else "",
            subject=task_subject(account, sent, plan, self._policy),
            body=task_body(account, sent, memory, plan, self._policy),
            since=sent.at,
            due_in=DUE_IN,
        )
