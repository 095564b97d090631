"""The steps of a weekly report: listing, showing, mailing, and telling what went wrong."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, ChildWorkflowError, WorkflowAlreadyStartedError

from activities.reporting.listing import BillingReportReads, CrmReportReads
from activities.reporting.mailing import ReportMails, Shown
from activities.reporting.publishing import Publishing
from activities.reporting.reckoning import Listed, ReportActivities
from activities.reporting.telling import ReportMessages, Trouble
from raccord.domain.proof.policy import ProofWanted
from raccord.domain.report.place import Place
from raccord.domain.report.policy import Mailed, ReportPolicy
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, Quote, RecordKind, RecordName, message
from raccord.records.report_runs import ReportRun
from raccord.temporal.flows import FLOWS_QUEUE, PROOF
from raccord.texts import say
from raccord.texts.problems import say_reason
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step, run_telling

T = TypeVar("T")

LISTING = timedelta(hours=1)
PROVING = timedelta(hours=2)
"""How long a week waits for its proof."""
WITHIN = timedelta(days=2)
"""A vendor that is away for longer: who asks for the week then has it made."""
MAILING = timedelta(minutes=5)
LATER = timedelta(days=5)
"""How long a place that was down is tried; before the next Monday."""


class Steps:
    """What is done about one week, under the rules that were read last."""

    def __init__(self, policy: ReportPolicy, week: Week) -> None:
        self.policy = policy
        self.week = week

    async def read_rules(self) -> None:
        """Read them again: whoever was demoted meanwhile writes nothing more."""
        self.policy = await run_local(ReportActivities.policy, summary="read the rules again")

    async def reckoned(self, run: ReportRun) -> bool:
        """Have the week reckoned; whether it is kept. Raises `ApplicationError` where a vendor refuses."""
        policy = self.policy
        if policy.since is not None:
            await self._proven()
        run = await self._listed(BillingReportReads.movements, run, policy.billing, "list what moved")
        run = await self._listed(CrmReportReads.deals, run, policy.crm, "list the won deals")
        names = await self._listed(CrmReportReads.names, run, policy.crm, "read who sold them")
        return await run_ours(
            ReportActivities.reckon,
            Listed(run=run, names=names),
            summary=f"reckon the week {self.week}",
            lasting=LISTING,
        )

    async def _proven(self) -> None:
        """Hold both sides against each other; without it, the gaps of the last proof are told."""
        try:
            await workflow.execute_child_workflow(
                "Proof",
                ProofWanted(),
                id=f"{PROOF}/{self.week}",
                task_queue=FLOWS_QUEUE,
                execution_timeout=PROVING,
                static_summary=f"For the report of {self.week}: hold both sides against each other",
            )
        except (ChildWorkflowError, WorkflowAlreadyStartedError) as error:
            workflow.logger.warning("report.not_proven", extra={"error": str(error.__cause__ or error)})

    async def _listed(
        self, method: Callable[[Any, ReportRun], Awaitable[T]], run: ReportRun, queue: str, summary: str
    ) -> T:
        try:
            return await run_step(
                method,
                run,
                queue=queue,
                timing=self.policy.timing,
                about=RecordName(kind=RecordKind.STEP),
                summary=summary,
                within=WITHIN,
                lasting=LISTING,
            )
        except (Stopped, Gone, OutOfTime) as error:
            # Without an end it would wait for ever: who asks for the week again goes on from here.
            why = self._why(error)
        said = message("week.not_made", week=str(self.week), why=Quote(quote=why))
        await self.troubled((said,))
        raise ApplicationError(say(said, self.policy.language), non_retryable=True)

    async def shown(self, sink: str, within: timedelta) -> Place:
        """Show the week in a place; what keeps it off is said of it."""
        try:
            return await run_step(
                Publishing.publish,
                self.week,
                queue=sink,
                timing=self.policy.timing,
                about=RecordName(kind=RecordKind.STEP),
                summary=f"show the week {self.week} in {sink}",
                within=within,
                lasting=LISTING,
            )
        except (Stopped, Gone, OutOfTime) as error:
            return Place(name=sink, trouble=self._why(error))

    async def mailed(self, places: tuple[Place, ...]) -> Mailed:
        """Mail the week, naming the places that are not up to date."""
        policy = self.policy
        if not self.mails:
            return Mailed.NOT_SENT
        try:
            sending = await run_step(
                ReportMails.send,
                Shown(week=self.week, places=places),
                queue=policy.mailer,
                timing=policy.timing,
                about=RecordName(kind=RecordKind.STEP),
                summary="mail the week to management",
                within=LATER,
                lasting=MAILING,
            )
        except (Stopped, Gone, OutOfTime) as error:
            workflow.logger.warning("report.not_mailed", extra={"error": self._why(error)})
            return Mailed.NOT_SENT
        return Mailed.UNKNOWN if sending.unknown else Mailed.SENT

    async def troubled(self, points: tuple[Message, ...]) -> None:
        """Tell the channel what went wrong, where something did."""
        policy = self.policy
        if points and policy.messenger and policy.mode is not Mode.SHADOW:
            await run_telling(
                ReportMessages.tell,
                Trouble(week=self.week, points=points, since=workflow.now()),
                queue=policy.messenger,
                timing=policy.timing,
                about=RecordName(kind=RecordKind.MESSAGE),
                summary="tell the channel what went wrong",
                within=WITHIN,
            )

    @property
    def mails(self) -> bool:
        """Whether management is written to."""
        policy = self.policy
        return policy.mode is Mode.LIVE and bool(policy.mailer) and bool(policy.rules.to)

    def _why(self, error: Stopped | Gone | OutOfTime) -> str:
        """Say what kept a step off, in the company's language."""
        if isinstance(error, Stopped):
            return " ".join(say_reason(problem, self.policy.language) for problem in error.ask.problems)
        if isinstance(error, OutOfTime) and error.said:
            return error.said
        return say(message("week.no_answer"), self.policy.language)
