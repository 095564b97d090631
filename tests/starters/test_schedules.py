"""However many receivers start, sweeps are as far apart as the settings say; on a real server."""

import asyncio
import sysconfig
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio import workflow
from temporalio.client import (
    Client,
    ScheduleActionResult,
    ScheduleBackfill,
    ScheduleInfo,
    ScheduleOverlapPolicy,
)
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from raccord.domain.report.policy import ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.service.sweep import Sweep
from raccord.settings.model import Settings
from raccord.temporal.flows import DIGEST, FLOWS_QUEUE, SWEEP, WEEKLY_REPORT
from starters.schedules import (
    digest_times,
    due,
    report_times,
    schedule_digest,
    schedule_report,
    schedule_sweep,
)
from tests.front_door.stack import until
from tests.patience import patience
from workflows.weekly_report.flow import SCHEDULED

SERVER = Path(sysconfig.get_path("scripts")) / "temporal"
HOUR, NOW = timedelta(hours=1), datetime(2026, 11, 27, 12, tzinfo=UTC)


@workflow.defn(name="Reconciliation")
class Swept:
    """A sweep that is over at once, so that overlap hides none."""

    @workflow.run
    async def run(self, _: Sweep) -> None:
        return None


@workflow.defn(name="WeeklyReport")
class Told:
    """A report that says only when it was scheduled."""

    @workflow.run
    async def run(self, _: ReportWanted) -> datetime | None:
        return workflow.info().typed_search_attributes.get(SCHEDULED)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    environment = await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter, dev_server_existing_path=str(SERVER)
    )
    worker = Worker(
        environment.client,
        task_queue=FLOWS_QUEUE,
        workflows=[Swept, Told],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    async with environment, worker:
        yield environment.client


async def sweeps(client: Client) -> int:
    """Return how many sweeps the schedule made, once none of them runs."""
    handle = client.get_schedule_handle(SWEEP)
    async with asyncio.timeout(patience(30)):
        while True:
            info = (await handle.describe()).info
            if info.num_actions and not info.running_actions:
                return info.num_actions
            await asyncio.sleep(0.1)


async def test_one_of_many_receivers_sweeps(client: Client) -> None:
    settings = Settings()
    for _ in range(4):
        await schedule_sweep(client, settings)
        assert await sweeps(client) == 1


async def test_a_start_changes_the_interval_and_leaves_a_pause(client: Client) -> None:
    await schedule_sweep(client, Settings())
    handle = client.get_schedule_handle(SWEEP)
    await handle.pause(note="ours")
    await schedule_sweep(client, Settings.model_validate({"sweep": {"every": 7200}}))
    described = (await handle.describe()).schedule
    assert described.spec.intervals[0].every == timedelta(hours=2)
    assert (described.state.paused, described.state.note) == (True, "ours")


async def test_the_digest_is_told_as_the_desk_opens_in_the_company_s_zone_however_many_receivers(
    client: Client,
) -> None:
    settings = Settings.model_validate({"desk": {"opens_at": "08:30"}, "company": {"zone": "Europe/Paris"}})
    for _ in range(2):
        await schedule_digest(client, settings)
    described = await client.get_schedule_handle(DIGEST).describe()
    paris = [at.astimezone(ZoneInfo("Europe/Paris")) for at in described.info.next_action_times]
    assert len(paris) > 4
    assert {(at.hour, at.minute) for at in paris} == {(8, 30)}
    assert {at.weekday() for at in paris} == {0, 1, 2, 3, 4}


def test_in_a_demo_the_digest_comes_once_in_each_short_day() -> None:
    short = Settings.model_validate({"company": {"day_length": 60}})
    (interval,) = digest_times(short).intervals
    assert interval.every == timedelta(seconds=60)


@pytest.mark.parametrize(
    ("begins", "ends", "due_at"),
    [
        (datetime(2026, 3, 22, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC), ("03-23T08", "03-30T07")),
        (datetime(2026, 10, 18, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC), ("10-19T07", "10-26T08")),
    ],
)
async def test_over_a_clock_change_each_monday_is_told_once_at_nine(
    client: Client, begins: datetime, ends: datetime, due_at: tuple[str, ...]
) -> None:
    settings = Settings.model_validate({"company": {"zone": "Europe/Paris"}})
    for _ in range(2):
        await schedule_report(client, settings)
    handle = client.get_schedule_handle(WEEKLY_REPORT)
    overlap = ScheduleOverlapPolicy.ALLOW_ALL
    await handle.backfill(ScheduleBackfill(start_at=begins, end_at=ends, overlap=overlap))

    async def told() -> list[datetime]:
        query = "WorkflowType = 'WeeklyReport' AND ExecutionStatus = 'Completed'"
        runs = [run async for run in client.list_workflows(query)]
        found = [await client.get_workflow_handle(run.id, run_id=run.run_id).result() for run in runs]
        return sorted(datetime.fromisoformat(each) for each in found)

    async def there() -> bool:
        return len(await told()) >= len(due_at)

    await until(there)
    found = await told()
    assert [f"{at.astimezone(UTC):%m-%dT%H:%M}" for at in found] == [f"{each}:00" for each in due_at]
    weeks = [Week.due_at(at, settings.clock) for at in found]
    assert weeks[1] == weeks[0].back(-1)


def test_in_a_demo_the_week_is_told_as_each_short_week_begins() -> None:
    short = Settings.model_validate({"company": {"day_length": 60}})
    (interval,) = report_times(short).intervals
    assert interval.every == timedelta(seconds=7 * 60)
    begun = short.clock.start_of(date(2026, 1, 5)).timestamp()
    assert interval.offset
    assert begun % interval.every.total_seconds() == interval.offset.total_seconds()


def info(*ago: timedelta, running: bool = False) -> ScheduleInfo:
    actions = [
        ScheduleActionResult(scheduled_at=NOW - each, started_at=NOW - each, action=None)  # type: ignore[arg-type]
        for each in ago
    ]
    return ScheduleInfo(
        num_actions=len(actions),
        num_actions_missed_catchup_window=0,
        num_actions_skipped_overlap=0,
        running_actions=["one"] if running else [],  # type: ignore[list-item]
        recent_actions=actions,
        next_action_times=[],
        created_at=NOW,
        last_updated_at=None,
    )


@pytest.mark.parametrize(
    ("ago", "running", "expected"),
    [
        ((), False, True),
        ((timedelta(minutes=59),), False, False),
        ((HOUR,), False, True),
        ((3 * HOUR, timedelta(minutes=1)), False, False),
        ((3 * HOUR,), True, False),
    ],
)
def test_a_sweep_is_due_when_the_last_began_an_interval_ago(
    ago: tuple[timedelta, ...], running: bool, expected: bool
) -> None:
    assert due(info(*ago, running=running), HOUR, NOW) is expected
