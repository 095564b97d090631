"""However many receivers start, sweeps are as far apart as the settings say; on a real server."""

import asyncio
import sysconfig
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from temporalio import workflow
from temporalio.client import Client, ScheduleActionResult, ScheduleInfo
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from raccord.domain.service.sweep import Sweep
from raccord.settings.model import Settings
from raccord.temporal.flows import DIGEST, FLOWS_QUEUE, SWEEP
from starters.schedules import digest_times, due, schedule_digest, schedule_sweep
from tests.patience import patience

SERVER = Path(sysconfig.get_path("scripts")) / "temporal"
HOUR, NOW = timedelta(hours=1), datetime(2026, 11, 27, 12, tzinfo=UTC)


@workflow.defn(name="Reconciliation")
class Swept:
    """A sweep that is over at once, so that overlap hides none."""

    @workflow.run
    async def run(self, _: Sweep) -> None:
        return None


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    environment = await WorkflowEnvironment.start_local(
        data_converter=pydantic_data_converter, dev_server_existing_path=str(SERVER)
    )
    worker = Worker(
        environment.client,
        task_queue=FLOWS_QUEUE,
        workflows=[Swept],
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
