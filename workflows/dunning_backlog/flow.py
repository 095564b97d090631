"""One question about all customers who were late before reminders began."""

from datetime import timedelta

from temporalio import workflow

from activities.dunning.backlog import Approval, BacklogActivities
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
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.subject import Subject
from workflows.flow import Flow
from workflows.steps import run_local, run_ours

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
        answer = await self.ask(may_they_be_reminded(self._late, self._policy.rules.first_contacts_per_day))
        if answer.choice is not Choice.CHOOSE:
            return BacklogEnd(ending=Ending.LEFT, count=len(self._late))
        return await self._approved(answer)

    async def _waiting(self) -> tuple[LateBefore, ...]:
        found = await run_local(BacklogActivities.backlog, summary="who was late before?")
        while found != self._late and not self._policy.clock.scaled:
            self._late = found
            await workflow.sleep(SETTLES, summary="more may be found")
            found = await run_local(BacklogActivities.backlog, summary="who was late before?")
        return found

    async def _approved(self, answer: Answer) -> BacklogEnd:
        approval = Approval(
            billing=self.subject.connection,
            customers=tuple(each.customer_id for each in self._late),
            actor=answer.actor,
            at=workflow.now(),
        )
        count = await run_ours(
            BacklogActivities.approve, approval, summary="have them reminded", lasting=TELL_WITHIN
        )
        return BacklogEnd(ending=Ending.APPROVED, count=count)

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
