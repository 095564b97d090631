"""Record the histories of flow 5, in one process with fake vendors: it takes seconds."""

import asyncio

import pytest

from raccord.connectors.errors import Permanent
from raccord.domain.report.policy import ReportWanted
from tests.histories.dunning import at_home, write
from tests.workflows.test_weekly_report import SCHEDULED, WEEK, have_sold, told, unlisted, working


async def record() -> None:
    """Write the history of each end beside those of the other flows."""
    ends = (("told", "live", False), ("shadow", "shadow", False), ("refused", "live", True))
    unlisted(pytest.MonkeyPatch())
    for name, mode, refuses in ends:
        async with at_home() as home:
            have_sold(home)
            if refuses:
                home.sink.fail(Permanent("Share the spreadsheet."), "publish")
            await working(home, mode)
            await told(home)
            await write(home, f"weekly-report/{WEEK}", f"weekly-report-{name}")
    async with at_home() as home:
        await working(home, "shadow")
        await home.started("WeeklyReport", ReportWanted(), id=SCHEDULED)
        await home.end(SCHEDULED)
        await write(home, SCHEDULED, "weekly-report-scheduled")


if __name__ == "__main__":
    asyncio.run(record())
