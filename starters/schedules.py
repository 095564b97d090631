"""What starts by the clock: the sweep, regularly, and when a receiver starts that finds none made lately."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleInfo,
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
from raccord.temporal.flows import FLOWS_QUEUE, SWEEP

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 5.0


async def keep_sweeping(client: Client, settings: Settings) -> None:
    """Create or update the sweep's schedule, and sweep now if it is time; Temporal may be away at first."""
    while True:
        try:
            await schedule_sweep(client, settings)
        except (RPCError, RuntimeError) as error:
            log.info("schedule.waiting", error=type(error).__name__)
            await asyncio.sleep(TRY_AGAIN_SECONDS)
        else:
            return


async def schedule_sweep(client: Client, settings: Settings) -> None:
    """Make the schedule say what the settings say, a pause by an operator left as it is.

    Sweeps now where the last sweep is longer ago than they are apart: of many receivers that start, one
    does. Raises `RPCError`, or `RuntimeError` while the client cannot connect.
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
        now = await handle.describe()
        if not now.schedule.state.paused and due(now.info, settings.sweep.every, datetime.now(UTC)):
            await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP)


def due(info: ScheduleInfo, every: timedelta, at: datetime) -> bool:
    """Whether no sweep runs and the last one began longer ago than sweeps are apart."""
    if info.running_actions:
        return False
    last = max((action.started_at for action in info.recent_actions), default=None)
    return last is None or at - last >= every
