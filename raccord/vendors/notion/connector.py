"""The `ReportSink` port on Notion: a page for each week below one page, beside a database of gaps."""

from datetime import timedelta

from raccord.connectors.capabilities import ReportSinkCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.errors import AmbiguousWrite, RateLimited
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Publication
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.notion.checks import check
from raccord.vendors.notion.client import NotionClient
from raccord.vendors.notion.gaps import Gaps
from raccord.vendors.notion.page import write_page
from raccord.vendors.notion.settings import NotionSettings

_SETTLE = timedelta(seconds=10)
"""A query may lack a row made "a moment" ago (notion page, section 5); this is on the safe side."""
_REQUESTS = 60.0
"""A report of some thirty gaps, each of which is a row."""


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> ReportSink:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return Notion(name, of_vendor(settings, NotionSettings))


class Notion:
    """One parent page."""

    def __init__(self, name: str, settings: NotionSettings) -> None:
        self._settings = settings
        self._client = NotionClient(name, settings)
        self._gaps = Gaps(self._client, settings.page)

    @property
    def capabilities(self) -> ReportSinkCapabilities:
        return ReportSinkCapabilities(
            # Notion knows no idempotency keys: a page is found by its title, a row by its key.
            uniqueness=Uniqueness.NONE,
            settle=_SETTLE,
            requests_per_second=self._settings.requests_per_second,
            requests_per_activity=_REQUESTS,
        )

    async def publish(self, publication: Publication) -> str:
        below = await self._client.children(self._settings.page)
        page = await write_page(self._client, publication, self._settings.page, below)
        try:
            await self._gaps.write(publication, below)
        except (AmbiguousWrite, RateLimited) as error:
            # Of rows that were just made, a look that comes sooner may find none, and make them again.
            error.retry_after = max(error.retry_after or _SETTLE, _SETTLE)
            raise
        return page.url or f"https://www.notion.so/{page.id.replace('-', '')}"

    async def probe(self) -> None:
        await self._client.me()

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._settings)

    async def close(self) -> None:
        await self._client.close()
