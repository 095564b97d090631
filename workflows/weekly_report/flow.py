"""The weekly report: reckoned once, shown in every place, mailed to management once."""

import asyncio
from collections.abc import Iterator

from temporalio import workflow
from temporalio.common import SearchAttributeKey

from activities.reporting.reckoning import ReportActivities
from raccord.domain.report.policy import Ending, Mailed, ReportPolicy, ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, Quote, message
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
        wanted = wanted if wanted.week else ReportWanted(week=_due(policy))
        begun = await run_ours(ReportActivities.begin, wanted, summary="begin, unless the week is kept")
        steps = Steps(policy, begun.week)
        if begun.run:
            await steps.reckoned(begun.run)
        if policy.mode is Mode.SHADOW:
            return Ending(week=begun.week)
        ending = await _told(steps, policy)
        await steps.troubled(tuple(_troubles(ending, steps)))
        _show(ending, steps, policy)
        return ending


async def _told(steps: Steps, policy: ReportPolicy) -> Ending:
    """Show the week and mail it; a place that was down is tried for days once the mail has left."""
    places = await asyncio.gather(*(steps.shown(sink, policy.rules.wait) for sink in policy.sinks))
    mailed = await steps.mailed(tuple(places))
    late = [place.name for place in places if place.trouble]
    tried = await asyncio.gather(*(steps.shown(sink, LATER) for sink in late))
    completed = {place.name: place for place in tried}
    shown = tuple(completed.get(place.name, place) for place in places)
    return Ending(week=steps.week, places=shown, mailed=mailed)


def _due(policy: ReportPolicy) -> Week | None:
    """Return the week that the schedule means, however late it starts; None where no schedule started it."""
    at = workflow.info().typed_search_attributes.get(SCHEDULED)
    return Week.due_at(at, policy.clock) if at else None


def _troubles(ending: Ending, steps: Steps) -> Iterator[Message]:
    for place in ending.places:
        if place.trouble:
            yield message("week.place_trouble", place=place.name, why=Quote(quote=place.trouble))
    if steps.mails and ending.mailed is not Mailed.SENT:
        yield _MAILED[ending.mailed]


def _show(ending: Ending, steps: Steps, policy: ReportPolicy) -> None:
    lines = [f"- {place.name}: {place.at or place.trouble}" for place in ending.places]
    if steps.mails:
        lines.append(f"- {say(_MAILED[ending.mailed], policy.language)}")
    workflow.set_current_details("\n".join([f"**{ending.week}**", *lines]))
