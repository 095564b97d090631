"""Flow 2b: once a deal is fully paid, the configured steps, each once."""

from datetime import datetime

from temporalio import workflow

from activities.mail.sending import MailActivities, Verified
from activities.onboarding.money import Paid
from activities.onboarding.starting import OnboardingActivities
from raccord.domain.desk.question import Answer, Ask, Choice, Question
from raccord.domain.onboarding.facts import Facts
from raccord.domain.onboarding.money import NotPaid
from raccord.domain.onboarding.outcome import Ending, OnboardingEnd, StepState
from raccord.domain.onboarding.policy import OnboardingPolicy
from raccord.domain.onboarding.questions import AGAIN, ARRIVED, chosen, failed, question_about, step_name
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import RecordKind, RecordName
from raccord.texts.ends import money_markdown
from workflows.customer_onboarding.progress import Progress
from workflows.customer_onboarding.reading import Reading
from workflows.customer_onboarding.steps import Steps
from workflows.flow import Flow
from workflows.showing import show
from workflows.steps import LookAgain, run_local, run_step


@workflow.defn(name="CustomerOnboarding")
class CustomerOnboarding(Flow[OnboardingEnd]):
    """Carry the steps out in their order, as long as the money is there.

    A step that fails holds no other up: all that failed are one question, with answers for each and for
    all. The money is read again before each step, so a refund stops what is not begun.
    """

    _policy: OnboardingPolicy

    @workflow.init
    def __init__(self, start: OnboardingStart) -> None:
        super().__init__(start.deal.subject)
        self._start = start
        self._progress = Progress(self._look_again)
        self._paid = Paid()
        self._facts: Facts | None = None
        self._at: datetime | None = None

    @workflow.run
    async def run(self, start: OnboardingStart) -> OnboardingEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> OnboardingEnd:
        """One pass. Any line may end it: not paid any more, a known customer, a question, look again."""
        self._policy = await run_local(OnboardingActivities.policy, summary="read mode and rules")
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        if not self.asks():
            return await self._ended(Ending.NOT_LIVE)
        reading = Reading(self, self._start, self._policy)
        await reading.settled()
        if reason := await self._why_not(reading):
            return await self._ended(Ending.NOT_PAID, reason)
        facts = self._facts = await reading.facts(self._paid)
        self._show(facts)
        if not self._progress.begun and await reading.known(self._paid):
            return await self._ended(Ending.KNOWN)
        self._at = self._at or workflow.now()
        steps = Steps(self._start, self._policy, facts, at=self._at)
        for place, step in enumerate(self._progress.left(self._policy.rules.begun)):
            if place and (reason := await self._why_not(reading)):
                return await self._ended(Ending.NOT_PAID, reason)
            await self._progress.begin(step, steps.run)
        if self._progress.failures:
            await self._answered()
        await self._progress.all_over()
        if self._progress.failures:
            raise LookAgain
        return await self._ended(Ending.DONE)

    async def _why_not(self, reading: Reading) -> NotPaid | None:
        self._paid = await reading.paid()
        return self._paid.why_not

    async def _answered(self) -> None:
        """Do with the failed steps what a person says. Raises `LookAgain`, always."""
        self._progress.asking = True
        try:
            answer = await self.ask(failed(self._progress.failures))
        finally:
            self._progress.asking = False
        if answer.choice is Choice.SKIP:
            for failure in self._progress.failures:
                self._progress.settle(failure.step, StepState.SKIPPED)
        else:
            await self._chosen(answer)
        raise LookAgain

    async def _chosen(self, answer: Answer) -> None:
        what, step = chosen(answer.option)
        if what not in (ARRIVED, AGAIN):
            self._progress.settle(step, StepState.SKIPPED)
            return
        found = Verified(key=f"{self._start.key}/{step}", arrived=what == ARRIVED, actor=answer.actor)
        await run_step(
            MailActivities.verified,
            found,
            queue=self._policy.mailer,
            timing=self._policy.timing,
            about=step_name(step),
            summary=f"{step}: note what a person found",
        )

    async def _ended(self, ending: Ending, reason: NotPaid | None = None) -> OnboardingEnd:
        """Give up what is under way and say how it ends. What never began may begin another time."""
        again = ending is Ending.NOT_LIVE or (reason is not None and not reason.for_good)
        if again and not self._progress.begun and not self._start.settled:
            await run_local(OnboardingActivities.not_begun, self._start, summary="nothing was begun")
        await self._progress.abandon()
        return self._end(ending, reason)

    def _end(self, ending: Ending, reason: NotPaid | None = None) -> OnboardingEnd:
        return OnboardingEnd(
            ending=ending,
            reason=reason,
            steps=self._progress.over,
            customer_id=self._paid.customer_id,
            invoices=self._start.invoices,
            amounts=self._paid.amounts,
        )

    def _show(self, facts: Facts) -> None:
        amount = facts.amounts[0] if len(facts.amounts) == 1 else None
        name = facts.deal.name or facts.deal.ref.id
        self.page.name(money_markdown(name, amount, self._policy.language))
        show(facts.deal, amount)

    def _look_again(self) -> None:
        self._changed = True

    def going_on(self) -> OnboardingStart:
        return self._start.model_copy(update={"settled": True})

    async def still_so(self) -> bool:
        return True

    def asks(self) -> bool:
        return self._policy.mode is Mode.LIVE

    def question(self, ask: Ask) -> Question:
        return question_about(self._start.deal, self._facts, ask)

    def stopped(self, ask: Ask) -> OnboardingEnd:  # noqa: ARG002 - where nobody is asked, nothing is tried
        return self._end(Ending.NOT_LIVE)

    def given_up(self) -> OnboardingEnd:
        return self._end(Ending.CLOSED)

    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.DEAL, id=self._start.deal.id)

    async def deleted(self) -> OnboardingEnd:
        return await self._ended(Ending.DELETED)
