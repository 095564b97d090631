"""One question about all customers who were late before reminders began."""

from datetime import timedelta

from temporalio import workflow

from activities.dunning.backlog import BacklogActivities, Ruling
from activities.policies import Policies
from raccord.domain.desk.question import Answer, Ask, Choice, Question
from raccord.domain.dunning.backlog import (
    BacklogEnd,
    Ending,
    LateBefore,
    about_backlog,
    may_they_be_reminded,
)
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.words import WordKind
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.subject import Subject
from workflows.flow import Flow
from workflows.steps import LookAgain, run_local, run_ours

SETTLES = timedelta(minutes=2)
"""Nobody is asked before no further customer was found for so long: the sweep finds them one by one."""
TELL_WITHIN = timedelta(hours=1)


@workflow.defn(name="DunningBacklog")
class DunningBacklog(Flow[BacklogEnd]):
    """Ask once for all of them whether they may be reminded."""

    _policy: DunningPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._late: tuple[LateBefore, ...] = ()

    @workflow.run
    async def run(self, subject: Subject) -> BacklogEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> BacklogEnd:
        """One pass: who waits, may they be reminded?"""
        self._policy = await run_local(Policies.dunning, summary="read mode and rules")
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        self._late = await self._waiting()
        if not self._late or not self.asks():
            return BacklogEnd(ending=Ending.EMPTY)
        return await self._ruled(await self._answered())

    async def _waiting(self) -> tuple[LateBefore, ...]:
        found = await run_local(BacklogActivities.backlog, summary="who was late before?")
        while found != self._late and not self._policy.clock.scaled:
            self._late = found
            await workflow.sleep(SETTLES, summary="more may be found")
            found = await run_local(BacklogActivities.backlog, summary="who was late before?")
        return found

    async def _answered(self) -> Answer:
        """Return what a person says of those who were named, whoever was found or has paid meanwhile."""
        ask = may_they_be_reminded(self._late, self._policy.rules.first_contacts_per_day)
        try:
            return await self.ask(ask)
        except LookAgain:
            if self._desk.open:
                raise
            return await self.ask(ask)

    async def _ruled(self, answer: Answer) -> BacklogEnd:
        approved = answer.choice is Choice.CHOOSE
        ruling = Ruling(
            billing=self.subject.connection,
            customers=tuple(each.customer_id for each in self._late),
            kind=WordKind.APPROVED if approved else WordKind.LEFT_ALONE,
            actor=answer.actor,
            at=workflow.now(),
        )
        summary = "have them reminded" if approved else "leave them alone"
        await run_ours(BacklogActivities.rule, ruling, summary=summary, lasting=TELL_WITHIN)
        self._late = ()
        ending = Ending.APPROVED if approved else Ending.LEFT
        return BacklogEnd(ending=ending, count=len(ruling.customers))

    async def still_so(self) -> bool:
        return await run_local(BacklogActivities.backlog, summary="who was late before?") == self._late

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW and bool(self._policy.mailer)

    def question(self, ask: Ask) -> Question:
        return about_backlog(self.subject, self._late, ask)

    def stopped(self, ask: Ask) -> BacklogEnd:  # noqa: ARG002 - where nobody is asked, nothing is done
        return BacklogEnd(ending=Ending.EMPTY)

    def given_up(self) -> BacklogEnd:
        return BacklogEnd(ending=Ending.LEFT, count=len(self._late))

    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.CUSTOMER, id=self.subject.id)

    async def deleted(self) -> BacklogEnd:
        return BacklogEnd(ending=Ending.EMPTY)
