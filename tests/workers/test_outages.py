from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

from activities.effects import Unsettled
from raccord.connectors.errors import Forbidden, Permanent, Transient
from raccord.records.database import Database
from raccord.records.records import Records
from raccord.records.stuck import Stuck
from raccord.sealing import KeyRing
from workers.outages import WATCH, Outages

Says = tuple[str, str, str]


class Told(Stuck):
    """Remembers what it is told, and touches no database."""

    def __init__(self, place: Path) -> None:
        super().__init__(Database(f"sqlite:///{place}/none.db"), KeyRing.create(place / "keys.json"))
        self.said: list[Says] = []

    async def hold(self, connection: str, flow: str, cause: str, said: str = "") -> None:  # noqa: ARG002
        self.said.append(("hold", connection, flow))

    async def release(self, connection: str, flow: str) -> None:
        self.said.append(("release", connection, flow))

    async def passed(self, connection: str, flow: str) -> None:
        self.said.append(("passed", connection, flow))


class Ends(ActivityInboundInterceptor):
    """An activity that ends in an error, or well."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: ARG002
        if self._error:
            raise self._error


Step = Callable[..., Any]


@pytest.fixture
def stuck(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.fixture
def step(stuck: Told) -> Step:
    outages = Outages(Mock(spec=Client, start_workflow=AsyncMock()), stuck, ("stripe",))

    async def run(error: Exception | None = None, *, attempt: int = 1, queue: str = "stripe") -> None:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, workflow_id="f", task_queue=queue, attempt=attempt)
        intercepted = outages.intercept_activity(Ends(error))
        await environment.run(intercepted.execute_activity, Mock(spec=ExecuteActivityInput))

    return run


async def test_a_step_that_gets_through_at_once_has_nothing_released(step: Step, stuck: Told) -> None:
    await step()
    assert stuck.said == [("passed", "stripe", "f")]


async def test_a_step_that_gets_through_after_failures_releases_its_flow(step: Step, stuck: Told) -> None:
    with pytest.raises(Transient):
        await step(Transient("down"), attempt=2)
    await step(attempt=3)
    assert stuck.said == [("hold", "stripe", "f"), ("release", "stripe", "f")]


async def test_a_refusal_of_the_request_is_an_answer_too(step: Step, stuck: Told) -> None:
    with pytest.raises(Permanent):
        await step(Permanent("no"), attempt=3)
    assert stuck.said == [("release", "stripe", "f")]


async def test_one_hiccup_is_no_outage(step: Step, stuck: Told) -> None:
    with pytest.raises(Transient):
        await step(Transient("down"))
    assert stuck.said == []


async def test_our_own_queue_is_no_connection(step: Step, stuck: Told) -> None:
    await step(queue="flows", attempt=2)
    assert stuck.said == []


SENTENCE = "The key lacks “Customers: write”."


class Noting:
    """The interceptor's notes in real records."""

    def __init__(self, records: Records) -> None:
        self.started = AsyncMock()
        self.records = records
        client = Mock(spec=Client, start_workflow=self.started)
        self.outages = Outages(client, records.stuck, {"stripe"})

    async def met(self, error: BaseException, *, attempt: int = 1, flow: str = "f") -> None:
        environment = ActivityEnvironment()
        environment.info = replace(environment.info, workflow_id=flow, task_queue="stripe", attempt=attempt)
        await environment.run(self.outages.met, error)

    async def noted(self) -> list[Says]:
        return [(row.flow, row.cause, row.said) for row in await self.records.stuck.list()]

    @property
    def watched(self) -> list[str]:
        return [call.kwargs["id"] for call in self.started.await_args_list]


@pytest.fixture
async def noting(tmp_path: Path) -> AsyncIterator[Noting]:
    records = Records.open(f"sqlite:///{tmp_path}/r.db", KeyRing.create(tmp_path / "keys.json"))
    await records.migrate()
    yield Noting(records)
    await records.close()


@pytest.mark.parametrize("error", [Forbidden(SENTENCE), ApplicationError(SENTENCE, type="Auth")])
async def test_a_missing_permission_counts_at_once_and_is_named(noting: Noting, error: BaseException) -> None:
    await noting.met(error)
    assert await noting.noted() == [("f", "credentials", SENTENCE)]
    assert noting.watched == [f"{WATCH}stripe"]


async def test_an_outage_is_noted_in_the_connectors_words(noting: Noting) -> None:
    await noting.met(Transient("Stripe answered 503."), attempt=2)
    assert await noting.noted() == [("f", "down", "Stripe answered 503.")]


@pytest.mark.parametrize("kind", [Unsettled, lambda said: ApplicationError(said, type=Unsettled.name)])
async def test_waiting_for_an_earlier_request_to_show_changes_nothing_that_is_noted(
    noting: Noting, kind: Callable[[str], BaseException]
) -> None:
    waits = kind("It was asked for before and does not show.")
    await noting.met(waits, attempt=2)
    assert (await noting.noted(), noting.watched) == ([], [])
    await noting.met(Transient("Stripe answered 503."), attempt=3)
    await noting.met(waits, attempt=4)
    assert await noting.noted() == [("f", "down", "Stripe answered 503.")]


async def test_no_watch_waits_for_itself(noting: Noting) -> None:
    await noting.met(Forbidden(SENTENCE), flow=f"{WATCH}stripe")
    assert (await noting.noted(), noting.watched) == ([], [f"{WATCH}stripe"])
