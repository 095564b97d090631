"""What starts by the clock: the sweep, at start-up and from then on regularly."""

import asyncio

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from raccord.domain.service.sweep import Sweep
from raccord.settings.model import Settings
from raccord.temporal.flows import FLOWS_QUEUE

log = structlog.get_logger()

SWEEP = "reconciliation"
TRY_AGAIN_SECONDS = 5.0


async def keep_sweeping(client: Client, settings: Settings) -> None:
    """Create or update the sweep's schedule and sweep once now; Temporal may be away at first."""
    while True:
        try:
            await schedule_sweep(client, settings)
        except (RPCError, RuntimeError) as error:
            log.info("schedule.waiting", error=type(error).__name__)
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        else:
            return


async def schedule_sweep(client: Client, settings: Settings) -> None:
    """Make the schedule say what the settings say, a pause by an operator left as it is; sweep once now.

    Raises `RPCError`, or `RuntimeError` while the client cannot connect.
    """
    wanted = Schedule(
        action=ScheduleActionStartWorkflow(
            "Reconciliation",
            Sweep(),
            id=SWEEP,
            task_queue=FLOWS_QUEUE,
            static_summary="Look for won deals that no webhook told us about",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=settings.sweep.every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=settings.sweep.every),
    )
    try:
        await client.create_schedule(SWEEP, wanted, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(SWEEP)

        def keep_state(now: ScheduleUpdateInput) -> ScheduleUpdate:
            wanted.state = now.description.schedule.state
            return ScheduleUpdate(schedule=wanted)

        await handle.update(keep_state)
        await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP)
