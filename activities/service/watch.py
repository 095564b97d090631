"""Looking at a connection that holds flows up, and telling people once."""

from collections.abc import Awaitable, Callable, Collection, Mapping

from temporalio import activity
from temporalio.client import Client, ScheduleOverlapPolicy, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.errors import Auth, ConnectorError
from raccord.connectors.messenger import Messenger
from raccord.domain.service.outage import Look, OutageCause, Report, WatchPolicy
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.money import Money
from raccord.records.records import Records
from raccord.records.stuck import StuckFlow
from raccord.temporal import search
from raccord.temporal.flows import SWEEP
from raccord.texts.outages import report_notice
from raccord.texts.voice import Voice

MOST_COUNTED = 500


class WatchActivities:
    """`probes`: one cheap authenticated call per connection, raising what any call would.

    `swept`: the connections in which a sweep looks for what no webhook told.
    """

    def __init__(
        self,
        records: Records,
        policy: WatchPolicy,
        probes: Mapping[str, Callable[[], Awaitable[None]]],
        *,
        swept: Collection[str],
    ) -> None:
        self._records = records
        self._policy = policy
        self._probes = probes
        self._swept = swept

    @activity.defn(name="watch.policy")
    async def policy(self) -> WatchPolicy:
        """Return the thresholds in force."""
        return self._policy

    @activity.defn(name="watch.look")
    async def look(self, connection: str) -> Look:
        """Probe a connection and count who waits for it, with their money. Never fails for an outage.

        While it answers, what the flows met counts, and what was said to them.
        """
        held, amounts = await self._waiting(connection)
        flows, met_at = len(held), max((each.met_at for each in held), default=None)
        try:
            await self._probes[connection]()
        except Auth as error:
            cause = OutageCause.CREDENTIALS
            return Look(
                healthy=False, cause=cause, said=str(error), met_at=met_at, flows=flows, amounts=amounts
            )
        except ConnectorError as error:
            return Look(healthy=False, said=str(error), met_at=met_at, flows=flows, amounts=amounts)
        refused = [each for each in held if each.cause == OutageCause.CREDENTIALS]
        return Look(
            healthy=True,
            cause=OutageCause.PERMISSION if refused else OutageCause.PARTLY,
            said=next((each.said for each in (*refused, *held)), ""),
            met_at=met_at,
            flows=flows,
            amounts=amounts,
        )

    @activity.defn(name="watch.sweep")
    async def sweep(self, connection: str) -> bool:
        """Have the sweep run now, or right after the one that runs; return whether it does.

        An operator's pause stays. Where no receiver has made the schedule yet, the first sweeps as it does.
        """
        if connection not in self._swept:
            return False
        schedule = activity.client().get_schedule_handle(SWEEP)
        try:
            if (await schedule.describe()).schedule.state.paused:
                return False
            await schedule.trigger(overlap=ScheduleOverlapPolicy.BUFFER_ONE)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return False
            raise
        return True

    async def _waiting(self, connection: str) -> tuple[list[StuckFlow], tuple[Money, ...]]:
        """Return the flows that are held up and still run; what closed meanwhile is forgotten."""
        running, sums = list[StuckFlow](), dict[str, Money]()
        for held in await self._records.stuck.of(connection):
            if len(running) < MOST_COUNTED:
                alive, amount = await _amount_of(activity.client(), held.flow)
                if not alive:
                    await self._records.stuck.release(connection, held.flow)
                    continue
                if amount:
                    sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
            running.append(held)
            activity.heartbeat()
        return running, tuple(sums[currency] for currency in sorted(sums))


class WatchMessages:
    def __init__(self, messenger: Messenger, voice: Voice, clock: BusinessClock, effects: Effects) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice
        self._clock = clock

    @activity.defn(name="watch.report")
    async def report(self, report: Report) -> None:
        """Tell once that an outage is there, or that it is over."""
        notice = report_notice(report, self._voice, self._clock.tz)
        about = f"connection/{report.connection}"
        await self._announcer.post(notice, ref=report.ref, about=about, since=report.since - BEFORE)


async def _amount_of(client: Client, flow: str) -> tuple[bool, Money | None]:
    """Return whether a flow runs, and the amount it is about."""
    try:
        found = await client.get_workflow_handle(flow).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False, None
        raise
    attributes = found.typed_search_attributes
    minor, currency = attributes.get(search.AMOUNT_MINOR), attributes.get(search.CURRENCY)
    amount = Money.of_minor(minor, currency) if minor is not None and currency else None
    return found.status is WorkflowExecutionStatus.RUNNING, amount
