"""The weekly report: reckoned once, shown in every place, mailed to management once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import ApplicationError, ChildWorkflowError, WorkflowAlreadyStartedError

from activities.reporting.listing import BillingReportReads, CrmReportReads
from activities.reporting.mailing import ReportMails, Shown
from activities.reporting.publishing import Publishing
from activities.reporting.reckoning import Listed, ReportActivities
from raccord.domain.proof.policy import ProofWanted
from raccord.domain.report.place import Place
from raccord.domain.report.policy import Ending, Mailed, ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.records.reports import ReportRun
from raccord.temporal.flows import FLOWS_QUEUE, PROOF
from raccord.texts import say
from raccord.texts.problems import say_reason
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step

T = TypeVar("T")

SCHEDULED = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
LISTING = timedelta(hours=1)
PROVING = timedelta(hours=2)
"""How long a week waits for its proof."""
WITHIN = timedelta(days=2)
"""A vendor that is away for longer: who asks for the week then has it made."""
SOON = timedelta(minutes=30)
"""How long the mail waits for the places."""
MAILING = timedelta(minutes=5)
LATER = timedelta(days=5)
"""How long a place that was down is tried; before the next Monday."""

_MAILED = {
    Mailed.SENT: message("week.mailed.sent"),
    Mailed.NOT_SENT: message("week.mailed.not_sent"),
    Mailed.UNKNOWN: message("week.mailed.unknown"),
}


@workflow.defn(name="WeeklyReport")
class WeeklyReport:
    """The same week, asked for again, says the same in the same places, and is mailed to nobody twice."""

    @workflow.run
    async def run(self, wanted: ReportWanted) -> Ending:
        self._policy = await run_local(ReportActivities.policy, summary="read the rules")
        wanted = wanted if wanted.week else ReportWanted(week=self._due())
        begun = await run_ours(ReportActivities.begin, wanted, summary="begin, unless the week is kept")
        self._week = begun.week
        if begun.run:
            await self._reckoned(begun.run)
        if self._policy.mode is Mode.SHADOW:
            return self._ended(Ending(week=self._week))
        places = await asyncio.gather(*(self._shown(sink, SOON) for sink in self._policy.sinks))
        mailed = await self._mailed(tuple(places))
        late = [place.name for place in places if place.trouble]
        completed = {place.name: place for place in await asyncio.gather(*map(self._shown_later, late))}
        shown = tuple(completed.get(place.name, place) for place in places)
        return self._ended(Ending(week=self._week, places=shown, mailed=mailed))

    def _due(self) -> Week | None:
        """Return the week that the schedule means, however late it starts."""
        at = workflow.info().typed_search_attributes.get(SCHEDULED)
        return Week.due_at(at, self._policy.clock) if at else None

    async def _reckoned(self, run: ReportRun) -> None:
        policy = self._policy
        if policy.since is not None:
            await self._proven()
        run = await self._listed(BillingReportReads.movements, run, policy.billing, "list what moved")
        run = await self._listed(CrmReportReads.deals, run, policy.crm, "list the won deals")
        names = await self._listed(CrmReportReads.names, run, policy.crm, "read who sold them")
        await run_ours(
            ReportActivities.reckon,
            Listed(run=run, names=names),
            summary=f"reckon the week {self._week}",
            lasting=LISTING,
        )

    async def _proven(self) -> None:
        """Hold both sides against each other; without it, the gaps of the last proof are told."""
        try:
            await workflow.execute_child_workflow(
                "Proof",
                ProofWanted(),
                id=f"{PROOF}/{self._week}",
                task_queue=FLOWS_QUEUE,
                execution_timeout=PROVING,
                static_summary=f"For the report of {self._week}: hold both sides against each other",
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
                timing=self._policy.timing,
                about=RecordName(kind=RecordKind.STEP),
                summary=summary,
                within=WITHIN,
                lasting=LISTING,
            )
        except (Stopped, Gone, OutOfTime) as error:
            # Without an end it would wait for ever: who asks for the week again goes on from here.
            why = self._why(error)
        said = message("week.not_made", week=str(self._week), why=why)
        raise ApplicationError(say(said, self._policy.language), non_retryable=True)

    async def _shown_later(self, sink: str) -> Place:
        return await self._shown(sink, LATER)

    async def _shown(self, sink: str, within: timedelta) -> Place:
        try:
            return await run_step(
                Publishing.publish,
                self._week,
                queue=sink,
                timing=self._policy.timing,
                about=RecordName(kind=RecordKind.STEP),
                summary=f"show the week {self._week} in {sink}",
                within=within,
                lasting=LISTING,
            )
        except (Stopped, Gone, OutOfTime) as error:
            return Place(name=sink, trouble=self._why(error))

    async def _mailed(self, places: tuple[Place, ...]) -> Mailed:
        policy = self._policy
        if policy.mode is not Mode.LIVE or not policy.mailer or not policy.rules.to:
            return Mailed.NOT_SENT
        try:
            sending = await run_step(
                ReportMails.send,
                Shown(week=self._week, places=places),
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

    def _why(self, error: Stopped | Gone | OutOfTime) -> str:
        """Say what kept a step off, in the company's language."""
        if isinstance(error, Stopped):
            return " ".join(say_reason(problem, self._policy.language) for problem in error.ask.problems)
        if isinstance(error, OutOfTime) and error.said:
            return error.said
        return say(message("week.no_answer"), self._policy.language)

    def _ended(self, ending: Ending) -> Ending:
        language = self._policy.language
        lines = [f"- {place.name}: {place.at or place.trouble}" for place in ending.places]
        if self._policy.mode is Mode.LIVE and self._policy.rules.to:
            lines.append(f"- {say(_MAILED[ending.mailed], language)}")
        workflow.set_current_details("\n".join([f"**{ending.week}**", *lines]))
        return ending
