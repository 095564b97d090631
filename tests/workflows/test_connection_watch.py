"""Hours of an outage, with time skipped: one alert and one recovery, however long telling takes."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
from temporalio import activity
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from raccord.domain.service.outage import Look, OutageCause, Report, Watch, WatchPolicy
from raccord.temporal.flows import FLOWS_QUEUE
from tests.workflows.house import SERVER, know_search_attributes, needs_server
from workflows.service.connection_watch import ConnectionWatch

MINUTE = timedelta(minutes=1)
POLICY = WatchPolicy(messenger="slack", probe_every=MINUTE)
pytestmark = needs_server


@pytest.fixture(scope="module")
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    environment = await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter, test_server_existing_path=str(SERVER)
    )
    async with environment:
        await know_search_attributes(environment)
        yield environment


class Outage:
    """A connection and a channel, by minutes since the first look.

    When is it down, when are flows held up, when can be told, and when does a flow meet it again?
    """

    def __init__(
        self,
        environment: WorkflowEnvironment,
        *,
        down: Callable[[float], bool],
        held: Callable[[float], bool],
        telling: Callable[[float], bool] = lambda _: True,
        met: Callable[[float], bool] | None = None,
        cause: OutageCause = OutageCause.PARTLY,
    ) -> None:
        self._environment = environment
        self._met = met or down
        self._met_at: datetime | None = None
        self.cause = cause
        self.reports: list[Report] = []
        self._down, self._held, self._telling = down, held, telling
        self._began: datetime | None = None
        self.told: list[tuple[float, str]] = []
        self.swept: list[float] = []

    async def _minute(self) -> float:
        now = await self._environment.get_current_time()
        self._began = self._began or now
        return (now - self._began) / MINUTE

    @activity.defn(name="watch.policy")
    async def policy(self) -> WatchPolicy:
        return POLICY

    @activity.defn(name="watch.look")
    async def look(self, connection: str) -> Look:
        minute = await self._minute()
        down, held, met = self._down(minute), self._held(minute), self._met(minute)
        if met:
            self._met_at = await self._environment.get_current_time()
        return Look(
            healthy=not down,
            cause=OutageCause.DOWN if down else self.cause,
            said=f"{connection} is down" if down else "The key lacks “Customers: write”.",
            met_at=self._met_at if held else None,
            flows=int(held),
        )

    @activity.defn(name="watch.report")
    async def report(self, report: Report) -> None:
        minute = await self._minute()
        if not self._telling(minute):
            raise ApplicationError("the channel is down too", type="Transient")
        self.reports.append(report)
        self.told.append((minute, "over" if report.until else "down"))

    @activity.defn(name="watch.sweep")
    async def sweep(self, connection: str) -> bool:
        assert connection == "stripe"
        self.swept.append(await self._minute())
        return True

    async def play(self, name: str) -> list[tuple[float, str]]:
        client = self._environment.client
        flows = Worker(
            client,
            task_queue=FLOWS_QUEUE,
            workflows=[ConnectionWatch],
            activities=[self.policy, self.look, self.sweep],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        channel = Worker(client, task_queue="slack", activities=[self.report])
        async with flows, channel:
            await client.execute_workflow(
                "ConnectionWatch", Watch(connection="stripe"), id=f"watch/{name}", task_queue=FLOWS_QUEUE
            )
        return self.told


async def test_an_outage_is_told_once_and_its_end_once(skipping: WorkflowEnvironment) -> None:
    outage = Outage(skipping, down=lambda m: m < 180, held=lambda m: m < 185)
    (first, down), (last, over) = await outage.play("plain")
    assert (down, over) == ("down", "over")
    assert 15 <= first < 20
    assert 185 <= last < 190
    (swept,) = outage.swept
    assert 185 <= swept <= last


async def test_a_short_outage_is_told_to_nobody(skipping: WorkflowEnvironment) -> None:
    outage = Outage(skipping, down=lambda m: m < 10, held=lambda m: m < 12)
    assert await outage.play("short") == []
    assert outage.swept == []


async def test_what_answers_again_is_not_said_to_be_down_while_its_flows_still_wait(
    skipping: WorkflowEnvironment,
) -> None:
    outage = Outage(skipping, down=lambda m: m < 11, held=lambda m: m < 40)
    assert await outage.play("waiting") == []


async def test_what_no_webhook_told_is_looked_for_although_nobody_can_be_told(
    skipping: WorkflowEnvironment,
) -> None:
    outage = Outage(skipping, down=lambda m: m < 30, held=lambda m: m < 31, telling=lambda m: m > 120)
    await outage.play("mute")
    (swept,) = outage.swept
    assert swept < 60


@pytest.mark.slow
async def test_an_alert_that_cannot_be_told_at_once_is_told_when_the_channel_is_back(
    skipping: WorkflowEnvironment,
) -> None:
    outage = Outage(
        skipping, down=lambda m: m < 240, held=lambda m: m < 241, telling=lambda m: not 10 <= m < 60
    )
    (first, down), (_, over) = await outage.play("silent")
    assert (down, over) == ("down", "over")
    assert 60 <= first < 80


@pytest.mark.parametrize(
    ("cause", "tells"), [(OutageCause.PERMISSION, 1), (OutageCause.PARTLY, 15)], ids=["403", "503 to POST"]
)
async def test_what_is_refused_is_told_although_the_probe_is_answered(
    skipping: WorkflowEnvironment, cause: OutageCause, tells: int
) -> None:
    outage = Outage(skipping, down=lambda _: False, held=lambda m: m < 90, met=lambda m: m < 90, cause=cause)
    (first, down), (last, over) = await outage.play(f"partial-{cause}")
    assert (down, over) == ("down", "over")
    assert tells <= first < tells + 3
    assert 90 <= last < 95
    alert = outage.reports[0]
    assert alert.look.cause is cause
    assert "Customers: write" in alert.look.said


async def test_what_is_refused_after_an_outage_is_told_too(skipping: WorkflowEnvironment) -> None:
    outage = Outage(skipping, down=lambda m: m < 5, held=lambda m: m < 60, met=lambda m: m < 60)
    (first, down), (last, over) = await outage.play("then-partial")
    assert (down, over) == ("down", "over")
    assert 15 <= first < 20
    assert 60 <= last < 65


async def test_a_flow_between_two_attempts_ends_no_outage(skipping: WorkflowEnvironment) -> None:
    outage = Outage(
        skipping,
        down=lambda _: False,
        held=lambda m: m < 60 and not 29.5 < m < 30.5,
        met=lambda m: m < 60,
        cause=OutageCause.PERMISSION,
    )
    (_, down), (last, over) = await outage.play("gap")
    assert (down, over) == ("down", "over")
    assert 60 <= last < 65
