"""Whose step is next at a vendor: that of a flow that somebody waits for, whoever began it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import Priority
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from raccord.sealing import KeyRing
from raccord.temporal.codec import SealingCodec
from raccord.temporal.flows import AT_LEISURE, FLOWS_QUEUE, MISSED, PROMPTLY, Changed
from starters.embedded.temporal_server import ONE_PARTITION, executable
from tests.front_door.stack import until
from tests.workflows.stands_in_line import StandsInLine
from tests.workflows.vendor import QUEUE, Vendor

SOON = timedelta(seconds=10)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of a real server, whose queues know priorities; flows are at work there, no vendor is.

    All is sealed: what the server itself writes into a history must not stop a flow.
    """
    keys = KeyRing.create(tmp_path / "keys.json")
    environment = await WorkflowEnvironment.start_local(
        data_converter=replace(pydantic_data_converter, payload_codec=SealingCodec(keys, "default")),
        dev_server_existing_path=str(executable()),
        dev_server_log_level="error",
        dev_server_extra_args=ONE_PARTITION,
    )
    async with (
        environment,
        Worker(
            environment.client,
            task_queue=FLOWS_QUEUE,
            workflows=[StandsInLine],
            workflow_runner=UnsandboxedWorkflowRunner(),
        ),
    ):
        yield environment.client


def at(vendor: Vendor, client: Client) -> Worker:
    """Return who serves at a vendor, one after the other."""
    return Worker(client, task_queue=QUEUE, activities=[vendor.serve], max_concurrent_activities=1)


async def stands(client: Client, name: str, priority: Priority) -> WorkflowHandle[StandsInLine, int]:
    """Begin a flow, as `wake` does, and return it once its step stands in the queue."""
    flow = await client.start_workflow(
        StandsInLine.run,
        name,
        id=name,
        task_queue=FLOWS_QUEUE,
        start_signal="changed",
        start_signal_args=[Changed(key="test", rank=priority.priority_key or 0)],
        priority=priority,
    )
    await until(lambda: queued(flow, 1), what=f"the step of {name} stands in the queue")
    return flow


async def queued(flow: WorkflowHandle[StandsInLine, int], times: int) -> bool:
    events = (await flow.fetch_history()).events
    return sum(e.HasField("activity_task_scheduled_event_attributes") for e in events) >= times


async def test_who_is_told_of_by_a_webhook_goes_before_a_whole_sweep(client: Client) -> None:
    swept = [await stands(client, f"swept {n}", AT_LEISURE) for n in range(4)]
    missed = await stands(client, "missed", MISSED)
    await swept[3].signal("changed", Changed(key="webhook", rank=PROMPTLY.priority_key or 0))
    better = "its step stands in a better place"
    await until(lambda: queued(swept[3], 2), within=SOON, what=better)
    vendor = Vendor()
    async with at(vendor, client):
        for flow in (*swept, missed):
            assert await flow.result() == 1
    assert vendor.served == ["swept 3", "missed", "swept 0", "swept 1", "swept 2"]


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_step_that_has_begun_is_not_begun_again(client: Client, *, refuses: bool) -> None:
    vendor = Vendor()
    vendor.refuses = refuses
    vendor.open.clear()
    async with at(vendor, client):
        flow = await stands(client, "swept", AT_LEISURE)
        await until(lambda: begun(vendor), what="it is served")
        await flow.signal("changed", Changed(key="webhook", rank=PROMPTLY.priority_key or 0))
        await until(lambda: cancelled(flow), within=SOON, what="it was to be taken out of the queue")
        vendor.open.set()
        assert await flow.result() == (0 if refuses else 1)
    assert vendor.served == ["swept"]


async def begun(vendor: Vendor) -> bool:
    return bool(vendor.served)


async def cancelled(flow: WorkflowHandle[StandsInLine, int]) -> bool:
    events = (await flow.fetch_history()).events
    return any(e.HasField("activity_task_cancel_requested_event_attributes") for e in events)
