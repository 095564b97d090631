"""Showing a week in one place, as often as it takes: it stands there once."""

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.effects import Effect, Effects, cause
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.place import Place
from raccord.domain.report.week import Week
from raccord.records.reports import Reports
from raccord.texts.reports import publication
from raccord.texts.voice import Voice


class Publishing:
    """`name`: the place's connection. `company` is named in the title."""

    def __init__(
        self,
        name: str,
        sink: ReportSink,
        *,
        reports: Reports,
        effects: Effects,
        voice: Voice,
        company: str,
    ) -> None:
        self._name = name
        self._sink = sink
        self._reports = reports
        self._effects = effects
        self._voice = voice
        self._company = company

    @activity.defn(name="report.publish")
    async def publish(self, week: Week) -> Place:
        """Show a week, or bring up to date what is shown of it."""
        report = await self._reports.kept(week)
        if report is None:
            raise ApplicationError(f"There is no report of {week}.", non_retryable=True)
        shown = publication(report, self._voice, self._company)

        async def nothing() -> str | None:
            # The place itself looks before each of its writes.
            return None

        async def write(_: str) -> str:
            return await self._sink.publish(shown)

        async with beating():
            at = await self._effects.once(
                Effect(
                    key=f"report/{week}/{self._name}",
                    name="report.publish",
                    object=f"report/{week}",
                    cause=cause(),
                ),
                look=nothing,
                write=write,
                read_back=False,
            )
        return Place(name=self._name, at=at)
