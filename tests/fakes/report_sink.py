"""A place for reports in memory, as `raccord.connectors.report_sink` describes one."""

from raccord.connectors.capabilities import ReportSinkCapabilities, Uniqueness
from raccord.domain.report.publication import Publication
from tests.fakes.switches import Switches


class FakeReportSink(Switches):
    """The weeks that it shows, and every time that it was asked to show one."""

    capabilities = ReportSinkCapabilities(
        uniqueness=Uniqueness.NONE, requests_per_second=1000, requests_per_activity=1
    )

    def __init__(self) -> None:
        super().__init__()
        self.shown: dict[str, Publication] = {}
        self.asked: list[str] = []

    async def publish(self, publication: Publication) -> str:
        self.asked.append(str(publication.week))
        await self._call("publish")
        self.shown[str(publication.week)] = publication
        return f"https://sink.example/{publication.week}"
