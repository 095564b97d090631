"""What starts by the clock: the sweep, regularly, and when a receiver starts that finds none made lately; and
the digest, when a working day begins; the proof of both sides, each night; and the report of the week."""

import asyncio
from datetime import UTC, datetime, time, timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleHandle,
    ScheduleInfo,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError

from raccord.domain.proof.policy import ProofWanted
from raccord.domain.report.policy import ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.service.sweep import Sweep
from raccord.settings.model import Settings
from raccord.temporal.flows import DIGEST, FLOWS_QUEUE, PROOF, SWEEP, WEEKLY_REPORT

log = structlog.get_logger()

TRY_AGAIN_SECONDS = 5.0
DIGEST_CATCH_UP = timedelta(hours=12)
"""A digest that was missed is told late on its day, and not again with the next one."""
PROOF_CATCH_UP = timedelta(hours=20)
"""A night that was missed is made up for on its day."""
REPORT_CATCH_UP = timedelta(days=6)
"""A report that was missed is made late, and says so; before the next one is due."""
NIGHT = time(4, 20)
"""In the company's zone: at an hour that no clock change skips or repeats."""
MONDAY_TO_FRIDAY = ScheduleRange(1, 5)
"""As cron counts: Sunday is 0."""


async def keep_schedules(client: Client, settings: Settings) -> None:
    """Create or update the schedules, and sweep now if it is time; Temporal may be away at first."""
    while True:
        try:
            await schedule_sweep(client, settings)
            await schedule_digest(client, settings)
            await schedule_proof(client, settings)
            await schedule_report(client, settings)
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
        await _updated(handle, wanted)
        now = await handle.describe()
        if not now.schedule.state.paused and due(now.info, settings.sweep.every, datetime.now(UTC)):
            await handle.trigger(overlap=ScheduleOverlapPolicy.SKIP)


async def schedule_digest(client: Client, settings: Settings) -> None:
    """Have the digest told when a working day begins in the company's zone; a pause by an operator stays.

    Raises `RPCError`, or `RuntimeError` while the client cannot connect.
    """
    await _schedule(
        client,
        DIGEST,
        "Digest",
        spec=digest_times(settings),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=DIGEST_CATCH_UP),
        summary="Tell what was found since the digest before",
    )


async def schedule_proof(client: Client, settings: Settings) -> None:
    """Have both sides compared each night in the company's zone; see `schedule_digest`.

    Only where there is a cut-over date.
    """
    if settings.invoice_deals_won_from is None:
        return
    await _schedule(
        client,
        PROOF,
        "Proof",
        ProofWanted(),
        spec=proof_times(settings),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=PROOF_CATCH_UP),
        summary="Hold won deals, invoices and payments against each other",
    )


async def schedule_report(client: Client, settings: Settings) -> None:
    """Have the week that is over told on the day and hour of the settings; see `schedule_digest`."""
    await _schedule(
        client,
        WEEKLY_REPORT,
        "WeeklyReport",
        ReportWanted(),
        spec=report_times(settings),
        # A place that was down all week must not cost the next week its report.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=REPORT_CATCH_UP),
        summary="Tell management the week that is over",
    )


def report_times(settings: Settings) -> ScheduleSpec:
    """Return when the week is told: on one day of it; in a demo, as each short week begins."""
    clock, rules = settings.clock, settings.report
    if clock.scaled:
        week = 7 * clock.day_length
        monday = clock.start_of(Week.of(clock.epoch.date()).back(-1).monday)
        into = timedelta(seconds=monday.timestamp() % week.total_seconds())
        return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=week, offset=into)])
    told = ScheduleCalendarSpec(
        day_of_week=(ScheduleRange(rules.day.number),),
        hour=(ScheduleRange(rules.at.hour),),
        minute=(ScheduleRange(rules.at.minute),),
        comment="the week is told",
    )
    return ScheduleSpec(calendars=[told], time_zone_name=clock.zone)


def proof_times(settings: Settings) -> ScheduleSpec:
    """Return when both sides are compared: at night; once in each short day of a demo."""
    clock = settings.clock
    if clock.scaled:
        return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=clock.day_length)])
    night = ScheduleCalendarSpec(
        hour=(ScheduleRange(NIGHT.hour),), minute=(ScheduleRange(NIGHT.minute),), comment="at night"
    )
    return ScheduleSpec(calendars=[night], time_zone_name=clock.zone)


def digest_times(settings: Settings) -> ScheduleSpec:
    """Return when digests are told: as the desk opens, Monday to Friday; once in each short day of a demo."""
    clock, opens_at = settings.clock, settings.desk.opens_at
    if clock.scaled:
        return ScheduleSpec(intervals=[ScheduleIntervalSpec(every=clock.day_length)])
    opening = ScheduleCalendarSpec(
        day_of_week=(MONDAY_TO_FRIDAY,),
        hour=(ScheduleRange(opens_at.hour),),
        minute=(ScheduleRange(opens_at.minute),),
        comment="as the desk opens",
    )
    return ScheduleSpec(calendars=[opening], time_zone_name=clock.zone)


async def _schedule(
    client: Client,
    id: str,
    flow: str,
    *args: object,
    spec: ScheduleSpec,
    policy: SchedulePolicy,
    summary: str,
) -> None:
    """Make a schedule of runs whose ids begin with its own id, or make it say what the settings say."""
    action = ScheduleActionStartWorkflow(
        flow, args=args, id=id, task_queue=FLOWS_QUEUE, static_summary=summary
    )
    wanted = Schedule(action=action, spec=spec, policy=policy)
    try:
        await client.create_schedule(id, wanted)
    except ScheduleAlreadyRunningError:
        await _updated(client.get_schedule_handle(id), wanted)


async def _updated(handle: ScheduleHandle, wanted: Schedule) -> None:
    def keep_state(now: ScheduleUpdateInput) -> ScheduleUpdate:
        wanted.state = now.description.schedule.state
        return ScheduleUpdate(schedule=wanted)

    await handle.update(keep_state)


def due(info: ScheduleInfo, every: timedelta, at: datetime) -> bool:
    """Whether no sweep runs and the last one began longer ago than sweeps are apart."""
    if info.running_actions:
        return False
    last = max((action.started_at for action in info.recent_actions), default=None)
    return last is None or at - last >= every
