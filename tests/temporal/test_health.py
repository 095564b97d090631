"""What stops flows and sweep is named; on a real server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
import structlog
from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from raccord.domain.service.sweep import Sweep
from raccord.records.records import Records
from raccord.settings.model import Settings
from raccord.temporal.company import ForeignNamespace, prove
from raccord.temporal.flows import FLOWS_QUEUE, SWEEP
from raccord.temporal.health import Sweeps, stuck, sweeps
from raccord.texts import say
from starters.schedules import schedule_sweep
from tests.patience import patience
from tests.temporal.conftest import OURS, THEIRS, Server
from workers.watch import watch

T = TypeVar("T")
HOUR, NOW = timedelta(hours=1), datetime(2026, 11, 27, 12, tzinfo=UTC)


@workflow.defn(name="Reconciliation", sandboxed=False)
class Swept:
    @workflow.run
    async def run(self, _: Sweep) -> None:
        return None


@workflow.defn(name="Reconciliation", sandboxed=False)
class Refused:
    @workflow.run
    async def run(self, _: Sweep) -> None:
        raise ApplicationError("The sweep ended. HubSpot refused the token.", non_retryable=True)


def sweeper(client: Client, how: type) -> Worker:
    return Worker(client, task_queue=FLOWS_QUEUE, workflows=[how])


@pytest.mark.slow
async def test_flows_sealed_with_a_key_that_a_worker_lacks_are_named(server: Server) -> None:
    """Two companies in one namespace, as far as a worker that did not look would get."""
    client = await server.client(OURS)
    assert await stuck(client) is None
    await client.start_workflow("Reconciliation", Sweep(), id="deal-won/hubspot/1", task_queue=FLOWS_QUEUE)
    async with sweeper(await server.client(THEIRS), Swept):
        found = await eventually(lambda: stuck(client))
    assert found is not None
    assert say(found.said, "en") == (
        "a flow cannot go on: deal-won/hubspot/1: a worker with another key file, whose key is theirs, "
        "serves the same flows"
    )
    async with sweeper(client, Swept):
        await client.get_workflow_handle("deal-won/hubspot/1").result()
    assert await stuck(client) is None


async def test_a_sweep_that_is_done_is_well_and_one_that_fails_is_not(server: Server) -> None:
    client = await server.client(OURS)
    assert await sweeps(client) is None
    async with sweeper(client, Swept):
        await schedule_sweep(client, Settings())
        await ran(client, 1)
    found = await sweeps(client)
    assert found is not None
    assert found.finished_at is not None
    assert found.trouble(HOUR, datetime.now(UTC)) is None
    late = found.trouble(HOUR, datetime.now(UTC) + 3 * HOUR)
    assert late
    assert "no sweep has finished since" in say(late, "en")
    async with sweeper(client, Refused):
        await client.get_schedule_handle(SWEEP).trigger()
        await ran(client, 2)
    failed = await sweeps(client)
    assert failed is not None
    assert failed.finished_at == found.finished_at
    assert failed.failure == "The sweep ended. HubSpot refused the token."


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (Sweeps(NOW - HOUR, NOW - 9 * HOUR), ""),
        (Sweeps(NOW - 3 * HOUR, NOW - 9 * HOUR, running=True), ""),
        (Sweeps(None, NOW - HOUR), ""),
        (Sweeps(NOW, NOW - 9 * HOUR, paused="Anne: not today"), "the sweep is paused (Anne: not today)"),
        (
            Sweeps(NOW - 3 * HOUR, NOW - 9 * HOUR, running=True, failure="no key 'k'"),
            "no sweep has finished since 2026-11-27 09:00 UTC: no key 'k'",
        ),
        (
            Sweeps(None, NOW - 9 * HOUR),
            "no sweep has finished lately: none was begun, or no worker takes it up",
        ),
    ],
)
def test_a_sweep_is_in_trouble_when_it_is_late_and_none_is_at_work(known: Sweeps, said: str) -> None:
    found = known.trouble(HOUR, NOW)
    assert (say(found, "en") if found else "") == said


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'records.db'}", OURS)
    await opened.migrate()
    yield opened
    await opened.close()


async def test_a_worker_logs_each_trouble_once_and_leaves_another_companys_server(
    server: Server, records: Records
) -> None:
    client = await server.client(OURS)
    await prove(client, OURS, claiming=True)
    await client.start_workflow("Reconciliation", Sweep(), id="deal-won/hubspot/1", task_queue=FLOWS_QUEUE)
    async with sweeper(await server.client(THEIRS), Swept):
        await eventually(lambda: stuck(client))
    with structlog.testing.capture_logs() as logs:

        async def lines(count: int) -> bool:
            return len(logs) >= count

        often = timedelta(seconds=0.05)
        watching = asyncio.create_task(watch(client, OURS, records, sweep_every=HOUR, every=often))
        await eventually(lambda: lines(1))
        await client.get_workflow_handle("deal-won/hubspot/1").terminate()
        await eventually(lambda: lines(2))
        watching.cancel()
    assert [log["event"] for log in logs] == ["health.trouble", "health.well"]
    assert "deal-won/hubspot/1" in logs[0]["problems"]
    with pytest.raises(ForeignNamespace):
        await watch(client, THEIRS, records, sweep_every=HOUR, every=often)


async def eventually(look: Callable[[], Awaitable[T | None]]) -> T:
    """Look until there is something to see, and return it."""
    async with asyncio.timeout(patience(30)):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.05)


async def ran(client: Client, count: int) -> None:
    handle = client.get_schedule_handle(SWEEP)

    async def over() -> bool:
        info = (await handle.describe()).info
        return info.num_actions == count and not info.running_actions

    await eventually(over)
