"""The weekly report: reckoned once, shown in every place, mailed to management once."""

import asyncio
from collections.abc import Iterator

from temporalio import workflow
from temporalio.common import SearchAttributeKey
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.reporting.reckoning import Begun, ReportActivities
from raccord.domain.report.policy import Ending, Mailed, ReportPolicy, ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, Quote, message
from raccord.temporal.flows import WEEKLY_REPORT
from raccord.texts import say
from workflows.steps import run_local, run_ours
from workflows.weekly_report.steps import LATER, Steps

SCHEDULED = SearchAttributeKey.for_datetime("TemporalScheduledStartTime")
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
        policy = await run_local(ReportActivities.policy, summary="read the rules")
        if wanted.week is None:
            return await _told_as_one(_due(policy))
        begun = await _begun(wanted)
        steps = Steps(policy, begun.week)
        while begun.run and not await steps.reckoned(begun.run):
            # What it had listed was stale, and another run began anew.
            begun = await _begun(wanted)
        await steps.read_rules()
        if steps.policy.mode is Mode.SHADOW:
            return Ending(week=begun.week)
        ending = await _told(steps)
        await steps.troubled(tuple(_troubles(ending, steps)))
        _show(ending, steps)
        return ending


async def _told_as_one(week: Week) -> Ending:
    """Have a week told under its own id, as the command line does: two at once would show it twice."""
    try:
        return await workflow.execute_child_workflow(
            WeeklyReport.run,
            ReportWanted(week=week),
            id=f"{WEEKLY_REPORT}/{week}",
            static_summary=f"Tell management the week {week}",
        )
    except WorkflowAlreadyStartedError:
        # Whoever asked for it has it shown and mailed.
        return Ending(week=week)


async def _begun(wanted: ReportWanted) -> Begun:
    return await run_ours(ReportActivities.begin, wanted, summary="begin, unless the week is kept")


async def _told(steps: Steps) -> Ending:
    """Show the week and mail it; a place that was down is tried for days once the mail has left."""
    wait = steps.policy.rules.wait
    places = await asyncio.gather(*(steps.shown(sink, wait) for sink in steps.policy.sinks))
    await steps.read_rules()
    mailed = await steps.mailed(tuple(places))
    demoted = steps.policy.mode is Mode.SHADOW
    late = [place.name for place in places if place.trouble and not demoted]
    tried = await asyncio.gather(*(steps.shown(sink, LATER) for sink in late))
    completed = {place.name: place for place in tried}
    shown = tuple(completed.get(place.name, place) for place in places)
    return Ending(week=steps.week, places=shown, mailed=mailed)


def _due(policy: ReportPolicy) -> Week:
    """Return the week that the schedule means, however late it starts; the last one where none started it."""
    at = workflow.info().typed_search_attributes.get(SCHEDULED) or workflow.now()
    return Week.due_at(at, policy.clock)


def _troubles(ending: Ending, steps: Steps) -> Iterator[Message]:
    for place in ending.places:
        if place.trouble:
            yield message("week.place_trouble", place=place.name, why=Quote(quote=place.trouble))
    if steps.mails and ending.mailed is not Mailed.SENT:
        yield _MAILED[ending.mailed]


def _show(ending: Ending, steps: Steps) -> None:
    lines = [f"- {place.name}: {place.at or place.trouble}" for place in ending.places]
    if steps.mails:
        lines.append(f"- {say(_MAILED[ending.mailed], steps.policy.language)}")
    workflow.set_current_details("\n".join([f"**{ending.week}**", *lines]))
