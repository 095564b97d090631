"""Flow 3: a customer who does not pay in time is reminded, until nothing is open."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, NoReturn

from pydantic import model_validator
from temporalio import workflow

from activities.dunning.sending import Outcome
from activities.policies import Policies
from raccord.domain.desk.question import Ask, Question
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.outcome import DunningEnd, Ending, end_of
from raccord.domain.dunning.plan import Due, Plan, Silence, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.questions import about_customer
from raccord.domain.dunning.words import bounced
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.base import Value
from raccord.domain.values.message import RecordName
from raccord.domain.values.subject import Subject
from raccord.temporal import search
from raccord.texts.dunning import account_markdown, next_step
from workflows.dunning.asking import Asking
from workflows.dunning.round import Rounds
from workflows.dunning.steps import Reading, Writing
from workflows.dunning.thanking import thank
from workflows.flow import Flow
from workflows.steps import LookAgain, run_local


class Going(Value):
    """A customer, and what the run before remembered of it."""

    customer: Subject
    memory: Memory = Memory()
    since: datetime | None = None
    """When the first run of these began, aware; None for that one."""

    @model_validator(mode="before")
    @classmethod
    def _of_a_subject(cls, given: Any) -> Any:
        return given if isinstance(given, dict) and "customer" in given else {"customer": given}


@workflow.defn(name="Dunning")
class Dunning(Flow[DunningEnd]):
    """Wait for the next reminder that is due, read everything again, send it, and wait for the one after.

    Nothing that is waited for is kept beside invoices, policy, and what was sent and said: a run that begins
    anew comes to the same.
    """

    _policy: DunningPolicy

    @workflow.init
    def __init__(self, going: Going) -> None:
        super().__init__(going.customer)
        self._memory = going.memory
        # What was named before is told of already: by the end of another run.
        self._since = going.since or workflow.now()
        self._account: Account | None = None
        self._plan: Plan | None = None
        self._bell: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, going: Going) -> DunningEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> DunningEnd:
        """One pass. Any line may end it: nothing open, nobody to be reminded, a mail, a question, a rest."""
        self._ring(None)
        account, plan = await self._read()
        if not self.asks():
            return self._end(Ending.SHADOW if self._policy.mailer else Ending.NO_MAILER)
        writing = await self._may_write()
        thanks_at = await thank(writing, plan, self._memory, self._policy)
        if account.gone or not account.invoices:
            if thanks_at and not account.gone:
                await self.got_past()
                await self.rest(thanks_at, "the thanks leave")
            return self._end(Ending.CUSTOMER_GONE if account.gone else Ending.SETTLED)
        rounds = Rounds(writing, self.subject, self._policy)
        asking = Asking(writing, rounds, self.ask)
        if plan.due is None:
            next_at = min(filter(None, (plan.next_at, thanks_at)), default=None)
            self._ring(next_at)
            await asking.about(account, self._memory, plan)
            self._ring(None)
            await self._got_past(plan)
            if plan.is_silent_for(Silence.BACKLOG):
                await writing.waits(account, plan)
            await self.rest(next_at, next_step(plan, self._policy))
        if self._policy.mode is Mode.DRAFT:
            await asking.leave(account, plan.due)
        await self._got_past(plan)
        await self._round(writing, rounds, account, plan, plan.due)

    async def _read(self) -> tuple[Account, Plan]:
        self._policy = await self._policy_now()
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        reading = Reading(self, self.subject, self._policy)
        account = self._account = await reading.account()
        recalled = await reading.remembered(self._memory)
        self._memory = recalled.memory
        plan = planned(account, self._memory, self._policy, workflow.now(), live_since=recalled.live_since)
        if recalled.waits and not plan.is_silent_for(Silence.BACKLOG):
            await reading.waits_no_more()
        self._plan = plan
        self._show(account, plan)
        return account, plan

    async def _got_past(self, plan: Plan) -> None:
        """Close the question that is listed; what follows the last level is asked while others go on."""
        if not plan.undecided:
            await self.got_past()

    async def _round(
        self, writing: Writing, rounds: Rounds, account: Account, plan: Plan, due: Due
    ) -> NoReturn:
        """Send one reminder and what goes with it; a new run waits for the next one."""
        sent = await rounds.sent(due, approved=self._policy.mode is Mode.DRAFT)
        if sent.outcome is Outcome.TOMORROW:
            await self.rest(rounds.tomorrow(workflow.now()), "enough first reminders left today")
        if sent.outcome is Outcome.NOT_TAKEN:
            await writing.said(bounced(account.email, workflow.now()))
        if sent.round is None:
            raise LookAgain
        self._memory = self._memory.with_(Memory(rounds=(sent.round,)))
        if sent.outcome is Outcome.SENT:
            await rounds.accompanied(sent.round, account, self._memory, plan)
        workflow.continue_as_new(self.going_on())

    def _ring(self, at: datetime | None) -> None:
        """Have everything looked at again at this instant, also while a person is asked something."""
        if self._bell:
            self._bell.cancel()
        self._bell = asyncio.create_task(self._rung(at)) if at else None

    async def _rung(self, at: datetime) -> None:
        await workflow.sleep(max(at - workflow.now(), timedelta(0)), summary="the next reminder may be due")
        self._changed = True

    async def _policy_now(self) -> DunningPolicy:
        return await run_local(Policies.dunning, summary="read mode and rules")

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        if await self._policy_now() != self._policy:
            raise LookAgain
        return Writing(self, self.subject, self._policy)

    def _show(self, account: Account, plan: Plan) -> None:
        self.page.name(account_markdown(account, plan, self._policy))
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set("running"),
                search.INVOICES.value_set([each.id for each in account.invoices]),
                *((search.AMOUNT_MINOR.value_set(plan.owed[0].minor),) if len(plan.owed) == 1 else ()),
                *((search.CURRENCY.value_set(plan.owed[0].currency),) if len(plan.owed) == 1 else ()),
            ]
        )

    def going_on(self) -> Going:
        return Going(customer=self.subject, memory=self._memory, since=self._since)

    async def still_so(self) -> bool:
        return await Reading(self, self.subject, self._policy).account() == self._account

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW and bool(self._policy.mailer)

    def question(self, ask: Ask) -> Question:
        return about_customer(self.subject, self._policy.crm, self._account, self._plan, ask)

    def stopped(self, ask: Ask) -> DunningEnd:  # noqa: ARG002 - where nobody is asked, nothing is tried
        return self._end(Ending.SHADOW)

    def given_up(self) -> DunningEnd:
        return self._end(Ending.CLOSED)

    def about(self) -> RecordName:
        return Reading(self, self.subject, self._policy).about

    async def deleted(self) -> DunningEnd:
        self._account = None
        return self._end(Ending.CUSTOMER_GONE)

    def _end(self, ending: Ending) -> DunningEnd:
        return end_of(
            ending,
            self._policy.mode,
            self._account,
            self._plan,
            customer=self.subject.id,
            sent=len(self._memory.sent),
            charges=self._memory.charged_since(self._since),
        )
